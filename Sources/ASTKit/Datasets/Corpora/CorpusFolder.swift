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
    try CorpusTable(path: file(name))
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
