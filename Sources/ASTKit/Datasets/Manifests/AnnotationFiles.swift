import Glibc

/// Files that annotate recordings, and the recordings that belong to them.
enum AnnotationFiles {
  /// The file itself, or all in the folder, sorted.
  /// - Throws: `DatasetError.missing`, `.unreadable`, `.noRows`.
  static func find(_ path: String, endings: Set<String>) throws(DatasetError) -> [String] {
    guard let status = Disk.status(path) else { throw .missing(path: path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    let names = try CorpusFolder.names(in: path).filter {
      !$0.hasPrefix(".") && endings.contains(PathBytes.ending(of: $0).lowercased())
    }
    if names.isEmpty { throw .noRows(path: path) }
    return names.sorted { ExactName($0) < ExactName($1) }.map { FolderScan.join(path, $0) }
  }

  /// The folder that a file lies in, or the folder itself.
  static func folder(of path: String) -> String {
    Disk.status(path).map { $0.st_mode & S_IFMT == S_IFDIR } == true
      ? path : PathBytes.parent(of: path)
  }

  /// The sound file that annotations belong to: that of the longest stem, as in
  /// `night.Table.1.selections.txt` for `night.wav`.
  ///
  /// - Parameter place: a sound file, or the folder to look in; `nil`: the folder of the
  ///   annotations.
  /// - Throws: `DatasetError.noSound`
  static func sound(for annotations: String, in place: String?) throws(DatasetError) -> String {
    if let place, let status = Disk.status(place), status.st_mode & S_IFMT == S_IFREG {
      return PathBytes.absolute(place)
    }
    let folder = place ?? PathBytes.parent(of: annotations)
    let names = try CorpusFolder.names(in: folder).sorted { ExactName($0) < ExactName($1) }
    var stem = PathBytes.lastComponent(of: annotations)[...]
    while let point = stem.lastIndex(of: "."), point > stem.startIndex {
      stem = stem[..<point]
      let found = names.first {
        let ending = PathBytes.ending(of: $0)
        return AudioFile.extensions.contains(ending.lowercased()) && $0 == "\(stem).\(ending)"
      }
      if let found { return PathBytes.absolute(FolderScan.join(folder, found)) }
    }
    throw .noSound(annotations: annotations, folder: folder)
  }

  /// The lines of a text file.
  /// - Throws: `DatasetError.unreadable`, `.manifest` for bytes that are no UTF-8.
  static func lines(_ path: String) throws(DatasetError) -> [String] {
    var bytes: [UInt8]
    do { bytes = try FileBytes.read(path) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    var lines: [String] = []
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard
        let text = String(
          validating: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
      else {
        throw .manifest(
          path: path, line: lines.count + 1, column: nil, expected: "UTF-8 text",
          found: "other bytes")
      }
      lines.append(text)
    }
    return lines
  }
}
