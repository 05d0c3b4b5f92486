import Glibc

/// The hidden names that files and folders have on the way to their own, and the removal of
/// those that killed processes left behind.
///
/// - A name is random, so that nobody can take it first, and says which machine made it.
/// - Who made it holds a lock on it (`flock`), which ends with the process. What is of this
///   machine and not locked belongs to nobody any more; what another machine made, whose
///   locks may not reach here over a network, is left alone.
enum Leftovers {
  private static let start = ".petl-"
  private static let end = ".tmp"

  /// A new hidden name.
  /// - Parameter note: what its maker will want to know of it later; letters, digits and `-`.
  static func newName(_ note: String = "") -> String {
    let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    return "\(start)\(machine)-\(number)\(note.isEmpty ? "" : "-\(note)")\(end)"
  }

  /// The note of a name that this machine gave; `nil` for any other name.
  private static func note(_ name: [CChar]) -> Substring? {
    let text = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let first = "\(start)\(machine)-"
    guard text.hasPrefix(first), text.hasSuffix(end) else { return nil }
    let rest = text.dropFirst(first.count).dropLast(end.count)
    return rest.firstIndex(of: "-").map { rest[rest.index(after: $0)...] } ?? ""
  }

  private static let machine: String = {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    var bytes = host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    if let id = try? MappedFile("/etc/machine-id").contents() { bytes += id }
    return String(ContentHash.of(bytes), radix: 36)
  }()

  /// Removes what killed processes left in a folder.
  /// - Parameter finish: given each left folder with its note, open and locked; says whether
  ///   it may be removed with all that is in it.
  static func remove(
    in folder: String,
    finish: (_ left: Int32, _ status: stat, _ note: Substring) -> Bool = {
      HiddenFolder.isUnfinished($1, $2)
    }
  ) {
    let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { return }
    defer { close(parent) }
    for name in Disk.names(in: parent) ?? [] {
      guard let note = note(name), let named = Disk.status(name, in: parent),
        named.isFile || named.isFolder && isSafe(parent),
        named.st_uid == geteuid() || geteuid() == 0
      else { continue }
      let left = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard left >= 0 else { continue }
      defer { close(left) }
      guard flock(left, LOCK_EX | LOCK_NB) == 0, let status = Disk.status(left),
        let still = Disk.status(name, in: parent), still.isSame(as: status)
      else { continue }
      if status.isFolder, !finish(left, status, note) { continue }
      removeTree(name, in: parent)
    }
  }

  /// Whether strangers cannot rename what is ours in the folder: they could give another
  /// folder of ours a name by which it would be removed.
  private static func isSafe(_ folder: Int32) -> Bool {
    guard let mode = Disk.status(folder)?.st_mode else { return false }
    return mode & S_IWOTH == 0 || mode & S_ISVTX != 0
  }

  /// Removes a file, or a folder and all that is in it; links are not followed.
  static func removeTree(_ name: [CChar], in parent: Int32) {
    if Disk.remove(name, in: parent) == 0 || errno != EISDIR { return }
    let folder = Disk.openFolder(name, in: parent)
    if folder >= 0 {
      // A folder that may not be written was imaged with its mode; it goes with the old one.
      fchmod(folder, 0o700)
      for entry in Disk.names(in: folder) ?? [] { removeTree(entry, in: folder) }
      close(folder)
    }
    _ = Disk.remove(name, in: parent, isFolder: true)
  }
}
