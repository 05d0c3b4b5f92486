import Glibc

/// The files of one save, written in full and waiting for their names.
final class FolderSave {
  private let files: [(name: String, pending: PendingFile?)]
  private let shown: String

  /// Writes the files.
  /// - Parameters:
  ///   - folder: where they wait.
  ///   - old: the folder that has the older ones, whose rights they get.
  /// - Throws: `FileError`, or what a file's `body` throws.
  init(
    _ files: [AtomicFolder.File], to shown: String, in folder: String, old: Int32?
  ) throws {
    self.shown = shown
    let before = files.map { file in
      old.flatMap { Disk.status(file.name, in: $0) }.flatMap { $0.isFile ? $0 : nil }
    }
    for (file, status) in zip(files, before) {
      guard let status else { continue }
      try FileAttributes.checkWritable(
        "\(folder)/\(file.name)", status, as: "\(shown)/\(file.name)")
    }
    var written: [(name: String, pending: PendingFile?)] = []
    do {
      for (file, status) in zip(files, before) {
        guard let body = file.body else {
          written.append((file.name, nil))
          continue
        }
        let pending = try PendingFile(
          in: folder, as: "\(shown)/\(file.name)",
          like: status.map { ($0, "\(folder)/\(file.name)") })
        written.append((file.name, pending))
        try body(pending.sink)
        try pending.complete()
      }
    } catch {
      for file in written { file.pending?.discard() }
      throw error
    }
    self.files = written
  }

  /// The names of all files, written or absent, as a folder lists them.
  var names: Set<[CChar]> { Set(files.map { Array($0.name.utf8CString) }) }

  /// The hidden names that files have until they are placed.
  var ownNames: Set<[CChar]> {
    Set(
      files.compactMap { $0.pending?.name }.map {
        Array(PathBytes.lastComponent(of: $0).utf8CString)
      })
  }

  /// Marks the place and the files, so that only a save of this kind finishes one that was
  /// killed.
  func kind(_ path: String) -> String {
    let text = ([PathBytes.lastComponent(of: path)] + files.map(\.name)).joined(separator: "/")
    return String(ContentHash.of(Array(text.utf8)), radix: 36)
  }

  /// Gives the files their names in a folder that nobody sees yet.
  func place(in folder: String, isNew: Bool) throws {
    for (name, pending) in files { try pending?.place(at: "\(folder)/\(name)", isNew: isNew) }
  }

  /// Gives the files their names in the folder itself, one after the other.
  func placeSingly(in folder: String) throws {
    for (name, pending) in files {
      let path = "\(folder)/\(name)"
      if let pending {
        try pending.place(at: path, isNew: Disk.status(path, in: Disk.here) == nil)
      } else if Disk.remove(path) != 0, errno != ENOENT {
        throw FileError.lastFailure("\(shown)/\(name)")
      }
    }
    AtomicFile.syncFolder(folder)
  }

  /// Removes the files that have no place.
  func discard() {
    for file in files { file.pending?.discard() }
  }
}
