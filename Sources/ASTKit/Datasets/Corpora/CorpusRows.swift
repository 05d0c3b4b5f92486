/// What the rows of a corpus must agree on.
struct CorpusRows {
  private var lines: [String: Int] = [:]
  private var numbers: [String: Int] = [:]

  /// Notes the file of a row: in two rows it could be trained on and tested.
  /// - Throws: `DatasetError.manifest` for one that was noted before.
  mutating func add(file: String, _ column: String, _ row: CorpusRow) throws(DatasetError) {
    guard let line = lines.updateValue(row.line, forKey: file) else { return }
    throw row.wrong(column, expected: "a file that is not in line \(line), too", found: file)
  }

  /// Notes the class of a row and the class's number.
  /// - Throws: `DatasetError.manifest` for another number than before.
  mutating func add(
    class name: String, number: Int, _ column: String, _ row: CorpusRow
  ) throws(DatasetError) {
    if let known = numbers.updateValue(number, forKey: name), known != number {
      throw row.wrong(column, expected: "\(known) for '\(name)'", found: "\(number)")
    }
  }

  /// The classes in the order of their numbers.
  var classes: [String] {
    numbers.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }
}
