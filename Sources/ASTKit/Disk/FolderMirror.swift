import Glibc

/// Gives the other files of a folder a second name in the folder that takes its place.
enum FolderMirror {
  /// More entries than any folder of a model has; a home folder is not worth linking whole.
  static let mostEntries = 10_000
  private static let deepest = 50

  /// Links all that `old` holds into `new`. Sub-folders are made anew, with the same rights.
  /// - Parameter names: what is left out.
  /// - Returns: whether `new` now is a true image; false also for a folder too large.
  static func link(from old: Int32, to new: Int32, except names: Set<[CChar]>) -> Bool {
    guard let status = Disk.status(old) else { return false }
    var budget = mostEntries
    return link(from: old, to: new, except: names, on: status.st_dev, depth: 0, &budget)
  }

  private static func link(
    from old: Int32, to new: Int32, except skipped: Set<[CChar]>, on device: dev_t, depth: Int,
    _ budget: inout Int
  ) -> Bool {
    guard depth < deepest, let names = Disk.names(in: old, limit: budget) else { return false }
    budget -= names.count
    for name in names where !skipped.contains(name) {
      // What goes while we look is gone.
      guard let status = Disk.status(name, in: old) else { continue }
      guard status.isFolder else {
        if Disk.link(name, from: old, to: new) == 0 || errno == ENOENT { continue }
        return false
      }
      guard status.st_dev == device, Disk.makeFolder(name, in: new, mode: 0o700) == 0 else {
        return false
      }
      let (from, to) = (Disk.openFolder(name, in: old), Disk.openFolder(name, in: new))
      defer { for one in [from, to] where one >= 0 { close(one) } }
      guard from >= 0, to >= 0,
        link(from: from, to: to, except: [], on: device, depth: depth + 1, &budget),
        FileAttributes.copy(status, at: "", open: from, to: to)
      else { return false }
      futimens(to, [status.st_atim, status.st_mtim])
      fsync(to)
    }
    return true
  }

  /// Moves over what appeared in `old` after `link`, or was replaced there by something newer.
  /// - Returns: whether nothing in `old` is still needed.
  static func bring(from old: Int32, to new: Int32, except skipped: Set<[CChar]>) -> Bool {
    guard let names = Disk.names(in: old) else { return false }
    var isDone = true
    for name in names where !skipped.contains(name) {
      guard let before = Disk.status(name, in: old) else { continue }
      guard let now = Disk.status(name, in: new) else {
        if Disk.move(name, from: old, to: new, isNew: true) != 0, errno != EEXIST {
          isDone = false
        }
        continue
      }
      if before.isFolder, now.isFolder {
        let (from, to) = (Disk.openFolder(name, in: old), Disk.openFolder(name, in: new))
        if from < 0 || to < 0 || !bring(from: from, to: to, except: []) { isDone = false }
        for one in [from, to] where one >= 0 { close(one) }
      } else if !before.isSame(as: now), before.isNewer(than: now) {
        if Disk.move(name, from: old, to: new, isNew: false) != 0 { isDone = false }
      }
    }
    return isDone
  }
}

extension stat {
  fileprivate func isNewer(than other: stat) -> Bool {
    (st_mtim.tv_sec, st_mtim.tv_nsec) > (other.st_mtim.tv_sec, other.st_mtim.tv_nsec)
  }
}
