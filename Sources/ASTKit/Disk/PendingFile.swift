import Glibc

/// A file that is written in full before it gets its name.
///
/// It has no name at all until then, so that a process that is killed leaves nothing behind.
/// Only to take another file's place it needs a name for a moment, and on file systems that
/// know no nameless files from the start: one of `Leftovers`, which the next write removes.
final class PendingFile {
  /// Where the contents go.
  let sink: FileSink
  private let descriptor: Int32
  /// Where a hidden name can be given.
  private let folder: String
  /// What messages call the file.
  private let shown: String
  /// The name it has now.
  private(set) var name: String?
  private var isPlaced = false

  /// - Parameters:
  ///   - folder: a folder on the file system of the file's place.
  ///   - shown: what messages call the file.
  ///   - mode: of a new file; the process's mask is taken off.
  ///   - old: the file whose place it will take, and its path.
  /// - Throws: `FileError.unwritable`.
  init(
    in folder: String, as shown: String, mode: mode_t = 0o666,
    like old: (status: stat, path: String)? = nil
  ) throws(FileError) {
    self.folder = folder
    self.shown = shown
    let first = old == nil ? mode : 0o600
    var opened = Disk.createUnnamed(in: folder, mode: first)
    if opened >= 0, !Disk.canName(opened) {
      close(opened)
      opened = -1
    }
    if opened >= 0 {
      flock(opened, LOCK_EX | LOCK_NB)
    } else {
      (opened, name) = try PendingFile.createNamed(in: folder, mode: first, shown)
    }
    descriptor = opened
    sink = FileSink(descriptor: descriptor, path: shown)
    if let old { FileAttributes.copy(old.status, at: old.path, to: descriptor) }
  }

  deinit { close(descriptor) }

  private static func createNamed(
    in folder: String, mode: mode_t, _ shown: String
  ) throws(FileError) -> (Int32, String) {
    for _ in 0..<100 {
      let name = "\(folder)/\(Leftovers.newName())"
      let descriptor = Disk.create(name, mode: mode)
      if descriptor < 0 {
        if errno == EEXIST { continue }
        break
      }
      flock(descriptor, LOCK_EX | LOCK_NB)
      // Until it was locked, another process may have taken it for one left behind.
      if let status = Disk.status(descriptor), status.st_nlink > 0 { return (descriptor, name) }
      close(descriptor)
    }
    throw .lastFailure(shown)
  }

  /// Sends what is still in memory; with `isDurable`, to the disk itself.
  /// - Throws: `FileError.unwritable`.
  func complete(isDurable: Bool = true) throws {
    try sink.flush()
    if isDurable, fsync(descriptor) != 0 { throw FileError.lastFailure(shown) }
  }

  /// Gives the file its name, in place of any other file of that name.
  /// - Parameter isNew: whether nothing is expected there; saves the step between.
  /// - Throws: `FileError.unwritable`; the file then has the name it had before, or none.
  func place(at target: String, isNew: Bool) throws(FileError) {
    if name == nil, isNew {
      if Disk.name(descriptor, target) == 0 {
        (name, isPlaced) = (target, true)
        return
      }
      guard errno == EEXIST else { throw .lastFailure(shown) }
    }
    if name == nil {
      let hidden = "\(folder)/\(Leftovers.newName())"
      guard Disk.name(descriptor, hidden) == 0 else { throw .lastFailure(shown) }
      name = hidden
    }
    guard let old = name, Disk.rename(old, target) == 0 else { throw .lastFailure(shown) }
    (name, isPlaced) = (target, true)
  }

  /// Removes the file, unless it was placed.
  func discard() {
    if let name, !isPlaced { _ = Disk.remove(name) }
  }
}
