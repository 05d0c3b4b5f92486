/// A table of a corpus, whose errors name file, line and column.
struct CorpusTable {
  let path: String
  let table: CSVTable

  /// Reads a table.
  /// - Throws: `DatasetError.manifest` with line and column; `.unreadable`, `.missing`.
  init(path: String, separator: UInt8? = nil) throws(DatasetError) {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path) } catch {
      if case .missing = error { throw .noFile(path: path) }
      throw .unreadable(path: path, reason: error.reason)
    }
    do throws(CSVTable.Failure) {
      table = try CSVTable(bytes, separator: separator)
    } catch {
      throw .manifest(path: path, error)
    }
    self.path = path
  }

  /// The place of a column.
  /// - Throws: `DatasetError.manifest` naming the columns there are.
  func place(of column: String) throws(DatasetError) -> Int {
    do throws(CSVTable.Failure) { return try table.place(of: column) } catch {
      throw .manifest(path: path, error)
    }
  }

  /// That something is missing in the first line.
  func lacks(_ expected: String) -> DatasetError {
    .manifest(
      path: path, line: 1, column: nil, expected: expected,
      found: "only \(table.columns.map { "'\($0.shown)'" }.joined(separator: ", "))")
  }

  /// The rows as `body` makes them of the fields in these columns.
  /// - Throws: `DatasetError.manifest` for a column that is not there and what `body` finds wrong.
  func rows<T>(
    _ columns: [String], _ body: (_ fields: [String], _ row: CorpusRow) throws(DatasetError) -> T
  ) throws(DatasetError) -> [T] {
    var places: [Int] = []
    for column in columns { places.append(try place(of: column)) }
    var result: [T] = []
    result.reserveCapacity(table.rows.count)
    for row in table.rows {
      result.append(
        try body(places.map { row.fields[$0] }, CorpusRow(path: path, line: row.line)))
    }
    return result
  }
}

/// Where a row stands, for errors.
struct CorpusRow {
  let path: String
  let line: Int

  /// What is wrong with a field.
  func wrong(_ column: String, expected: String, found: String) -> DatasetError {
    .manifest(
      path: path,
      CSVTable.Failure(line: line, column: column, expected: expected, found: "'\(found.shown)'"))
  }

  /// A whole number in a range.
  /// - Throws: `DatasetError.manifest`
  func number(
    _ text: String, in range: ClosedRange<Int>, _ column: String
  ) throws(DatasetError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw wrong(
        column, expected: "a number from \(range.lowerBound) to \(range.upperBound)", found: text)
    }
    return number
  }

  /// A name, which is not empty.
  /// - Throws: `DatasetError.manifest`
  func name(_ text: String, _ column: String) throws(DatasetError) -> String {
    if text.isEmpty { throw wrong(column, expected: "a name", found: text) }
    return text
  }

  /// A name of a file, which must not lead out of the corpus.
  /// - Throws: `DatasetError.manifest`
  func file(_ text: String, _ column: String) throws(DatasetError) -> String {
    let parts = PathBytes.components(of: text)
    guard !parts.isEmpty, !PathBytes.isAbsolute(text), !parts.contains("..") else {
      throw wrong(column, expected: "the path of a file in the corpus", found: text)
    }
    return text
  }
}
