import ASTKit

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
