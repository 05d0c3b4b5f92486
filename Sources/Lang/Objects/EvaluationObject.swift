import ASTKit

/// How a model did on a data set, in the language.
final class EvaluationObject: ObjectArgument, ListedMembers {
  let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  static let typeDescription = "a result of evaluate"
  let typeName = "result"

  static let members: [ObjectMember<EvaluationObject>] = [
    ObjectMember("accuracy", "share of clips given their true class") {
      .number($0.evaluation.accuracy)
    },
    ObjectMember("loss", "mean cross-entropy") { .number($0.evaluation.loss) },
    ObjectMember("f1", "mean F1 of the classes that occur among the clips") {
      .number($0.evaluation.macroF1)
    },
    ObjectMember("confusion", "clips by true and predicted class, to plot") {
      .object(ConfusionObject($0.evaluation))
    },
    ObjectMember("classes", "precision, recall and F1 of each of the model's classes") { object in
      .list(
        object.evaluation.classScores.map { score in
          .record([
            "class": .string(score.name), "clips": .count(score.count),
            "precision": .number(score.precision), "recall": .number(score.recall),
            "f1": .number(score.f1),
          ])
        })
    },
    ObjectMember("predictions", "predicted class of each clip, in the order of the data") {
      object in
      .strings(object.evaluation.predictions.map { object.evaluation.classes[$0] })
    },
    ObjectMember("logits", "the head's numbers for each clip, a list of lists") { object in
      .list(object.evaluation.logits.map { .numbers($0.map(Double.init)) })
    },
    ObjectMember("count", "clips evaluated") { .count($0.evaluation.count) },
  ]

  var summary: String {
    "accuracy \(evaluation.accuracy.rounded(digits: 4)), loss "
      + "\(evaluation.loss.rounded(digits: 4)), F1 \(evaluation.macroF1.rounded(digits: 4)) "
      + "on \(evaluation.count) clips"
  }
}

/// A confusion matrix, `result.confusion`.
final class ConfusionObject: ObjectArgument, ListedMembers {
  let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  static let typeDescription = "a confusion matrix"
  let typeName = "confusion matrix"

  static let members: [ObjectMember<ConfusionObject>] = [
    ObjectMember("counts", "clips by true class (rows) and predicted class") { object in
      .list(object.evaluation.confusion.map { .numbers($0.map(Double.init)) })
    },
    ObjectMember("classes", "names of the classes") { .strings($0.evaluation.classes) },
    ObjectMember("mistakes", "who is taken for whom, the most frequent first") { object in
      .list(object.mistakes.map { .record($0) })
    },
  ]

  private var mistakes: [Record] {
    let (table, names) = (evaluation.confusion, evaluation.classes)
    var found: [(count: Int, row: Int, column: Int)] = []
    for row in names.indices {
      for column in names.indices where row != column && table[row][column] > 0 {
        found.append((table[row][column], row, column))
      }
    }
    return found.sorted { ($1.count, $0.row, $0.column) < ($0.count, $1.row, $1.column) }.map {
      [
        "class": .string(names[$0.row]), "taken for": .string(names[$0.column]),
        "clips": .count($0.count),
      ]
    }
  }

  var summary: String {
    "confusion matrix of \(evaluation.classes.count) classes, \(evaluation.count) clips"
  }

  func display(columns: Int) -> String {
    let table = evaluation.confusion
    let rows = zip(evaluation.classes, table).map { name, counts in
      [name] + counts.map { $0 == 0 ? "·" : "\($0)" }
    }
    return TextTable(
      header: ["true \\ predicted"] + evaluation.classes, rows: rows,
      rightAligned: Set(1...max(1, table.count))
    ).text(columns: columns)
  }
}
