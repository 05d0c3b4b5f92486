import Foundation

/// The folder of a corpus on this machine.
struct CorpusFolder {
  let path: String
  private let corpus: String

  /// Finds the folder of a corpus: `path` itself, or one folder in it.
  ///
  /// - Parameter marks: paths below the corpus's folder, one of which tells it from others.
  /// - Throws: `DatasetError.missing`, `.notFolder`, `.unreadable`, `.notCorpus`.
  init(_ path: String, of corpus: String, marks: [String]) throws(DatasetError) {
    self.corpus = corpus
    let names = try CorpusFolder.names(in: path)
    func isIt(_ folder: String) -> Bool {
      marks.contains { Disk.status(FolderScan.join(folder, $0)) != nil }
    }
    let inner = names.sorted().lazy.map { FolderScan.join(path, $0) }
    guard let found = isIt(path) ? path : inner.first(where: isIt) else {
      throw .notCorpus(path: path, corpus: corpus, expected: marks, found: names.sorted())
    }
    self.path = found
  }

  func file(_ name: String) -> String { FolderScan.join(path, name) }

  /// What a folder holds.
  /// - Throws: `DatasetError.missing`, `.notFolder`, `.unreadable`.
  static func names(in folder: String) throws(DatasetError) -> [String] {
    guard let status = Disk.status(folder) else { throw .missing(path: folder) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notFolder(path: folder) }
    do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw .unreadable(path: folder, reason: error.localizedDescription)
    }
  }

  /// A table below the folder.
  /// - Throws: `DatasetError.manifest` with line and column; `.missing`, `.unreadable`.
  func table(_ name: String) throws(DatasetError) -> CorpusTable {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(file(name)) } catch {
      throw .unreadable(path: file(name), reason: error.reason)
    }
    do throws(CSVTable.Failure) {
      return CorpusTable(path: file(name), table: try CSVTable(bytes))
    } catch {
      throw .manifest(path: file(name), error)
    }
  }

  /// The lines of a text file below the folder.
  /// - Throws: `DatasetError.unreadable`
  func lines(_ name: String) throws(DatasetError) -> [String] {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(file(name)) } catch {
      throw .unreadable(path: file(name), reason: error.reason)
    }
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      let line = $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
      // Transcriptions of old corpora are no UTF-8 here and there; paths are ASCII.
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// The listing of these entries: those whose file is there, with the others as missing.
  func listing(
    _ entries: [DatasetListing.Entry], classes: [String], complete: Int
  ) throws -> DatasetListing {
    var there: [DatasetListing.Entry] = [], missing: [String] = []
    for entry in entries {
      if Disk.status(entry.path) == nil { missing.append(entry.name) } else { there.append(entry) }
    }
    guard !there.isEmpty else {
      throw DatasetError.noAudio(path: path, others: 0, extensions: ["wav"])
    }
    var listing = DatasetListing(name: corpus, entries: there)
    let known = Set(there.map(\.label))
    listing.classOrder = classes.filter(known.contains)
    listing.remarks =
      missing.isEmpty ? [] : [Self.sentence(missing, of: entries.count)]
    if entries.count < complete {
      listing.remarks.append(
        "its lists name \(entries.count) of the \(complete) clips of the whole corpus")
    }
    return listing
  }

  private static func sentence(_ missing: [String], of total: Int) -> String {
    let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
    return "\(missing.count) of \(total) clips are missing: "
      + missing.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + more
  }
}

/// A table of a corpus, whose errors name file, line and column.
struct CorpusTable {
  let path: String
  let table: CSVTable

  /// The rows as `body` makes them of the fields in these columns.
  /// - Throws: `DatasetError.manifest` for a column that is not there and what `body` finds wrong.
  func rows<T>(
    _ columns: [String], _ body: (_ fields: [String], _ row: CorpusRow) throws(DatasetError) -> T
  ) throws(DatasetError) -> [T] {
    var places: [Int] = []
    for column in columns {
      do throws(CSVTable.Failure) { places.append(try table.place(of: column)) } catch {
        throw .manifest(path: path, error)
      }
    }
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
