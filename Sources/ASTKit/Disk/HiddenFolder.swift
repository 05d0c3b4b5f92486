import Glibc

/// A folder under construction, or one that was swapped away, with a hidden name beside its
/// place.
///
/// The name says which folder (by inode) its place held when it was begun. A hidden folder
/// that is this one has been swapped away by its finished successor; any other never was.
final class HiddenFolder {
  /// Its path; after a swap, that of the older folder.
  let path: String
  /// The folder itself, whatever its name by now.
  let descriptor: Int32
  private let parent: Int32
  private let name: [CChar]

  /// - Parameters:
  ///   - old: the folder in the place, if there is one.
  ///   - kind: marks the place and the files that are replaced together.
  ///   - mode: the process's mask is taken off.
  /// - Returns: `nil`, with `errno`, when it cannot be made or locked.
  init?(in parent: String, beside old: stat?, kind: String, mode: mode_t) {
    let name = Leftovers.newName("\(old?.st_ino ?? 0)-\(kind)")
    path = "\(parent)/\(name)"
    self.name = Array(name.utf8CString)
    self.parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard self.parent >= 0 else { return nil }
    guard Disk.makeFolder(self.name, in: self.parent, mode: mode) == 0 else {
      close(self.parent)
      return nil
    }
    descriptor = Disk.openFolder(self.name, in: self.parent)
    // Until it is locked, another process may take it for one left behind.
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      Disk.status(self.name, in: self.parent) != nil
    else {
      let code = errno
      Leftovers.removeTree(self.name, in: self.parent)
      if descriptor >= 0 { close(descriptor) }
      close(self.parent)
      errno = code
      return nil
    }
  }

  deinit {
    close(descriptor)
    close(parent)
  }

  /// Removes what has the hidden name now, with all that is in it.
  func remove() { Leftovers.removeTree(name, in: parent) }

  /// Whether a hidden folder was never swapped into its place.
  static func isUnfinished(_ status: stat, _ note: Substring) -> Bool {
    guard let dash = note.firstIndex(of: "-") else { return false }
    return note[..<dash] != String(status.st_ino)
  }

  /// Whether its note has this mark.
  static func isOf(kind: String, _ note: Substring) -> Bool {
    note.firstIndex(of: "-").map { note[note.index(after: $0)...] == kind } ?? false
  }
}
