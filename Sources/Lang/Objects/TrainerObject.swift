import ASTKit

/// A training run in the language.
final class TrainerObject: ObjectArgument, ListedMembers {
  let trainer: Trainer

  init(_ trainer: Trainer) { self.trainer = trainer }

  static let typeDescription = "a training run"
  let typeName = "trainer"

  static let members: [ObjectMember<TrainerObject>] = [
    ObjectMember("loss", "training loss of each step, a curve") { object in
      let history = object.trainer.history
      return .object(CurveObject("loss", history.losses, events: history.events))
    },
    ObjectMember("accuracy", "training accuracy of each step (several classes: F1 at 0.5), a curve")
    { object in
      let history = object.trainer.history
      return .object(
        CurveObject(
          "accuracy", history.accuracies, isProportion: true, events: history.events))
    },
    ObjectMember("valid", "curves on the validation clips: .loss and .accuracy") { object in
      .object(ValidationObject(object.trainer))
    },
    ObjectMember("lr", "peak learning rate; may be changed between steps") {
      .number($0.trainer.learningRate)
    },
    ObjectMember("rates", "learning rate of each step, a curve") { object in
      let history = object.trainer.history
      return .object(CurveObject("lr", history.learningRates, events: history.events))
    },
    ObjectMember("step", "optimiser steps done") { .count($0.trainer.step) },
    ObjectMember("steps", "optimiser steps in all") { .count($0.trainer.totalSteps) },
    ObjectMember("epoch", "whole epochs done") { .count($0.trainer.epoch) },
    ObjectMember("epochs", "epochs in all") { .count($0.trainer.settings.epochs) },
    ObjectMember("finished", "whether the run is at its end") { .bool($0.trainer.isFinished) },
    ObjectMember("best", "the validation result whose weights are kept") { object in
      let history = object.trainer.history
      guard let epoch = history.bestEpoch,
        let found = history.validations.first(where: {
          $0.step == epoch * object.trainer.stepsPerEpoch
        })
      else { return .nil }
      return .record([
        "epoch": .count(epoch), "accuracy": .number(found.accuracy),
        "loss": .number(found.loss),
      ])
    },
    ObjectMember("kept", "what is computed once a clip and kept between epochs") {
      .string($0.trainer.prefixUse.description)
    },
    ObjectMember("model", "the model being trained") { .object(ModelObject($0.trainer.model)) },
  ]

  func setMember(_ name: String, to value: Value) throws {
    guard name == "lr" else {
      guard memberNames.contains(name) else {
        throw MemberError.unknown(type: typeName, name: name, known: memberNames)
      }
      throw MemberError.readOnly(type: typeName, name: name)
    }
    guard case .number(let rate) = value else {
      throw CommandError("'lr' must be a number, found \(value.found)")
    }
    try trainer.setLearningRate(rate)
  }

  var summary: String {
    let state =
      trainer.reasonOfEarlyStop
      ?? (trainer.isFinished
        ? "finished" : "step \(trainer.step.grouped) of \(trainer.totalSteps.grouped)")
    let history = trainer.history
    var parts = ["epoch \(trainer.epoch) of \(trainer.settings.epochs)", state]
    if !history.losses.isEmpty {
      parts.append("loss \(trainer.epochMeans.loss.rounded(digits: 4))")
    }
    if let last = history.validations.last {
      parts.append("valid accuracy \(last.accuracy.rounded(digits: 4))")
    }
    return parts.joined(separator: ", ")
  }

  func display(columns: Int) -> String {
    let history = trainer.history
    let summary = "\(summary)\nkept between epochs: \(trainer.prefixUse)"
    guard !history.validations.isEmpty else { return summary }
    let steps = trainer.stepsPerEpoch
    let rows = history.validations.map { validation -> [String] in
      let means = history.means(
        over: max(0, validation.step - steps)..<validation.step,
        published: trainer.settings.published)
      let epoch = validation.step / steps
      return [
        "\(epoch)", "\(means.loss.rounded(digits: 4))", "\(means.accuracy.rounded(digits: 4))",
        "\(validation.loss.rounded(digits: 4))", "\(validation.accuracy.rounded(digits: 4))",
        epoch == history.bestEpoch ? "best" : "",
      ]
    }
    let table = TextTable(
      header: ["epoch", "loss", "accuracy", "valid loss", "valid accuracy", ""], rows: rows,
      rightAligned: [0, 1, 2, 3, 4])
    return summary + "\n" + table.text(columns: columns)
  }
}

/// The validation curves of a run, `fit.valid`.
final class ValidationObject: ListedMembers {
  private let trainer: Trainer

  init(_ trainer: Trainer) { self.trainer = trainer }

  let typeName = "validation"

  static let members: [ObjectMember<ValidationObject>] = [
    ObjectMember("loss", "validation loss after each epoch, a curve") {
      .object($0.curve("valid loss", \.loss, isProportion: false))
    },
    ObjectMember("accuracy", "validation accuracy after each epoch (several classes: mAP), a curve")
    {
      .object($0.curve("valid accuracy", \.accuracy, isProportion: true))
    },
  ]

  private func curve(
    _ label: String, _ value: KeyPath<TrainingHistory.Validation, Double>, isProportion: Bool
  ) -> CurveObject {
    let history = trainer.history, points = history.validations
    return CurveObject(
      label, points.map { $0[keyPath: value] }, at: points.map { Double($0.step) },
      isProportion: isProportion, events: history.events)
  }

  var summary: String {
    guard let last = trainer.history.validations.last else { return "no validation yet" }
    return "valid loss \(last.loss.rounded(digits: 4)), "
      + "accuracy \(last.accuracy.rounded(digits: 4)) after step \(last.step)"
  }
}

/// A curve: numbers over steps, to plot, index and sum.
final class CurveObject: ObjectArgument, ListedMembers {
  let label: String
  let values: [Double]
  /// Step of each value; counted from 1 unless given.
  let steps: [Double]
  /// Whether the values are shares from 0 to 1.
  let isProportion: Bool
  /// Settings changed in mid-run, marked where the curve is plotted.
  let events: [TrainingHistory.Event]

  init(
    _ label: String, _ values: [Double], at steps: [Double]? = nil, isProportion: Bool = false,
    events: [TrainingHistory.Event] = []
  ) {
    self.label = label
    self.values = values
    self.steps = steps ?? values.indices.map { Double($0 + 1) }
    self.isProportion = isProportion
    self.events = events
  }

  static let typeDescription = "a curve"
  let typeName = "curve"

  static let members: [ObjectMember<CurveObject>] = [
    ObjectMember("values", "the numbers, a list") { .numbers($0.values) },
    ObjectMember("steps", "the step of each number, a list") { .numbers($0.steps) },
    ObjectMember("count", "how many there are") { .count($0.values.count) },
    ObjectMember("last", "the latest number") { object in
      object.values.last.map(Value.number) ?? .nil
    },
    ObjectMember("min", "the smallest number") { object in
      object.values.min().map(Value.number) ?? .nil
    },
    ObjectMember("max", "the largest number") { object in
      object.values.max().map(Value.number) ?? .nil
    },
  ]

  var items: List? { List(values.map(Value.number)) }

  var summary: String {
    guard let first = values.first, let last = values.last else { return "\(label): no values yet" }
    return "\(label): \(values.count) values, \(first.rounded(digits: 4)) … "
      + "\(last.rounded(digits: 4))"
  }
}
