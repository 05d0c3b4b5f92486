import ASTKit

/// How a model did on a data set, in the language.
final class EvaluationObject: ObjectArgument, ListedMembers {
  let evaluation: Evaluation
  /// Computed when it is made, because sorting many clips takes long enough to be interrupted.
  private let ranked: ClassRankings

  /// - Throws: `EngineError.interrupted`
  init(_ evaluation: Evaluation, interrupt: InterruptFlag? = nil) throws {
    self.evaluation = evaluation
    ranked = try evaluation.classRankings(interrupt: interrupt)
  }

  static let typeDescription = "a result of evaluate"
  let typeName = "result"

  static let members: [ObjectMember<EvaluationObject>] = [
    ObjectMember("accuracy", "share of clips given their true class, or exactly their classes") {
      .number($0.evaluation.accuracy)
    },
    ObjectMember("loss", "mean cross-entropy; binary where clips may have several classes") {
      .number($0.evaluation.loss)
    },
    ObjectMember("f1", "mean F1 of the classes that occur among the clips") {
      .number($0.evaluation.macroF1)
    },
    ObjectMember("precision", "mean precision of the classes that occur") {
      .number($0.evaluation.macroPrecision)
    },
    ObjectMember("recall", "mean recall of the classes that occur") {
      .number($0.evaluation.macroRecall)
    },
    ObjectMember("micro_f1", "F1 of all decisions together; with one class a clip, the accuracy") {
      .number($0.evaluation.microF1)
    },
    ObjectMember("map", "mean average precision of the classes that occur") { object in
      object.ranked.meanAveragePrecision.map(Value.number) ?? .nil
    },
    ObjectMember("auroc", "mean area under the ROC curve of the classes that have one") { object in
      object.ranked.meanROCArea.map(Value.number) ?? .nil
    },
    ObjectMember("absent", "classes without a clip, which the means leave out") {
      .strings($0.ranked.withoutAveragePrecision)
    },
    ObjectMember("top", "top(k): share of clips whose class is among the k most likely") {
      .function(FunctionValue(top, receiver: .object($0)))
    },
    ObjectMember(
      "thresholds", "probability from which on a clip has a class, where it may have several"
    ) { object in
      object.evaluation.thresholds.map { .thresholds($0, of: object.evaluation.classes) } ?? .nil
    },
    ObjectMember("confusion", "clips by true and predicted class, to plot") { object in
      guard !object.evaluation.hasSeveralLabels else {
        throw CommandError(
          "a clip may have several classes here, so that none is taken for another",
          hint: "result.classes counts for each class by itself")
      }
      return .object(ConfusionObject(object.evaluation))
    },
    ObjectMember(
      "classes", "precision, recall, F1, average precision and ROC area of each class"
    ) { object in
      .list(
        zip(object.evaluation.classScores, object.ranked.rankings).enumerated().map {
          index, row in
          let (score, ranking) = row
          var record: Record = [
            "class": .string(score.name), "clips": .count(score.count),
            "precision": .number(score.precision), "recall": .number(score.recall),
            "f1": .number(score.f1),
            "ap": ranking.averagePrecision.map(Value.number) ?? .nil,
            "auroc": ranking.rocArea.map(Value.number) ?? .nil,
          ]
          if let thresholds = object.evaluation.thresholds {
            record["threshold"] = .number(thresholds[index])
          }
          return .record(record)
        })
    },
    ObjectMember("worst", "the 20 clips with the highest loss") { object in
      .list(
        object.evaluation.worst(20).map { clip in
          .record([
            "file": .string(clip.name), "class": .string(object.names(clip.labels)),
            "predicted": .string(object.names(clip.predictions)),
            "loss": .number(clip.loss),
          ])
        })
    },
    ObjectMember("losses", "cross-entropy of each clip, in the order of the data") {
      .numbers($0.evaluation.losses)
    },
    ObjectMember(
      "predictions", "predicted class of each clip, or a list of classes, in the order of the data"
    ) { object in
      let classes = object.evaluation.classes
      guard object.evaluation.hasSeveralLabels else {
        return .strings(object.evaluation.predictions.map { classes[$0] })
      }
      return .list(
        object.evaluation.predictionSets.map { .strings($0.map { classes[$0] }) })
    },
    ObjectMember("logits", "the head's numbers for each clip, a list of lists") { object in
      .list(object.evaluation.logits.map { .numbers($0.map(Double.init)) })
    },
    ObjectMember("count", "clips evaluated") { .count($0.evaluation.count) },
  ]

  private static let top = Command(
    "top", "Top-k accuracy: share of clips whose class is among the k most likely.",
    example: "result.top(5)",
    Argument<EvaluationObject>("result", "the result"),
    Argument<Int>("k", "classes that count", bounds: .atLeast(1))
  ) { _, result, k in
    guard let share = result.evaluation.topK(k) else {
      throw CommandError(
        "a clip may have several classes here, so that none is the one to be among the first",
        hint: "result.map says how well they are ranked")
    }
    return .number(share)
  }

  /// The names of some classes for a cell of a table.
  private func names(_ indices: [Int]) -> String {
    indices.map { evaluation.classes[$0] }.joined(separator: ", ")
  }

  var summary: String {
    var measures =
      evaluation.hasSeveralLabels
      ? [
        ("micro F1", evaluation.microF1), ("macro F1", evaluation.macroF1),
        ("exact", evaluation.accuracy), ("loss", evaluation.loss),
      ]
      : [("accuracy", evaluation.accuracy), ("loss", evaluation.loss), ("F1", evaluation.macroF1)]
    if let value = ranked.meanAveragePrecision { measures.append(("mAP", value)) }
    if let value = ranked.meanROCArea { measures.append(("AUROC", value)) }
    return measures.map { "\($0) \($1.rounded(digits: 4))" }.joined(separator: ", ")
      + " on \(evaluation.count) clip\(evaluation.count == 1 ? "" : "s")"
  }
}
