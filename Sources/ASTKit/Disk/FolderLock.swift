import Glibc

/// A folder that one save at a time may replace, open as long as this object lives.
///
/// Two at once would each take the other's folder for the older one. The lock also keeps the
/// folder, once it is swapped away, from being taken for one left behind.
final class FolderLock {
  let descriptor: Int32
  let status: stat
  /// Whether the lock is ours; without it the folder must stay the same one.
  let isHeld: Bool

  private static let tries = 100
  private static let pause: UInt32 = 100_000

  /// Waits some seconds for another save.
  /// - Throws: `FileError` when there is no folder, or none that can be opened.
  init(_ folder: String, as shown: String) throws(FileError) {
    var left = FolderLock.tries
    while true {
      let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard opened >= 0, let found = Disk.status(opened) else {
        throw errno == ENOTDIR ? .notAFolder(path: shown) : .lastFailure(shown)
      }
      let isLocked = flock(opened, LOCK_EX | LOCK_NB) == 0
      let isBusy = !isLocked && errno == EWOULDBLOCK
      // It may have been swapped away before it was locked.
      let isCurrent = Disk.status(folder)?.isSame(as: found) ?? false
      if left == 0 || isCurrent && !isBusy {
        (descriptor, status, isHeld) = (opened, found, isLocked && isCurrent)
        return
      }
      close(opened)
      left -= 1
      if isBusy { usleep(FolderLock.pause) }
    }
  }

  deinit { close(descriptor) }
}
