internal import CLinux
import Glibc

/// The system calls that change what names a folder holds. Like the calls themselves they
/// return -1 and set `errno` when they fail.
///
/// Names are relative to the descriptor of a folder, or to the current folder with `here`.
enum Disk {
  /// A kind of call, as `refusal` is asked about it.
  enum Call: CaseIterable {
    case createUnnamed, create, name, link, rename, exchange, remove, makeFolder
  }

  /// Asked before each call; an `errno` keeps the call from being made. For tests only: a disk
  /// that cannot do something, or a process that is dead from some step on.
  @TaskLocal static var refusal: (@Sendable (Call) -> Int32?)?

  /// The current folder.
  static let here = AT_FDCWD

  /// A file without a name, which goes with its last descriptor.
  static func createUnnamed(in folder: String, mode: mode_t) -> Int32 {
    call(.createUnnamed) { open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, mode) }
  }

  /// A file that was not there before.
  static func create(_ path: String, mode: mode_t) -> Int32 {
    call(.create) { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
  }

  /// Gives the file behind a descriptor a name.
  static func name(_ descriptor: Int32, _ path: String) -> Int32 {
    call(.name) { linkat(here, descriptorPath(descriptor), here, path, AT_SYMLINK_FOLLOW) }
  }

  /// Whether `name` will work: it goes through `/proc`.
  static func canName(_ descriptor: Int32) -> Bool {
    access(descriptorPath(descriptor), F_OK) == 0
  }

  /// The same file, or symbolic link, under the same name in another folder.
  static func link(_ name: UnsafePointer<CChar>, from old: Int32, to new: Int32) -> Int32 {
    call(.link) { linkat(old, name, new, name, 0) }
  }

  static func rename(_ old: String, _ new: String) -> Int32 {
    call(.rename) { Glibc.rename(old, new) }
  }

  /// Moves an entry between folders; with `isNew`, only if it is not there.
  static func move(
    _ name: UnsafePointer<CChar>, from old: Int32, to new: Int32, isNew: Bool
  ) -> Int32 {
    call(.rename) { petl_renameat2(old, name, new, name, isNew ? petl_rename_new : 0) }
  }

  /// Renames a folder to a name that must not exist yet.
  static func renameNew(_ old: String, _ new: String) -> Int32 {
    call(.exchange) { petl_renameat2(here, old, here, new, petl_rename_new) }
  }

  /// Swaps two names in one step.
  static func exchange(_ one: String, _ other: String) -> Int32 {
    call(.exchange) { petl_renameat2(here, one, here, other, petl_rename_exchange) }
  }

  static func remove(
    _ name: UnsafePointer<CChar>, in folder: Int32 = here, isFolder: Bool = false
  ) -> Int32 {
    call(.remove) { unlinkat(folder, name, isFolder ? AT_REMOVEDIR : 0) }
  }

  static func makeFolder(
    _ name: UnsafePointer<CChar>, in folder: Int32 = here, mode: mode_t
  ) -> Int32 {
    call(.makeFolder) { mkdirat(folder, name, mode) }
  }

  private static func call(_ kind: Call, _ body: () -> Int32) -> Int32 {
    if let code = refusal?(kind) {
      errno = code
      return -1
    }
    return body()
  }

  private static func descriptorPath(_ descriptor: Int32) -> String {
    "/proc/self/fd/\(descriptor)"
  }

  /// Its C macro is a sum, which Swift does not import.
  private static let O_TMPFILE = __O_TMPFILE | O_DIRECTORY
}

// MARK: - Looking

extension Disk {
  /// What the path leads to; `nil` when it leads nowhere.
  static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// The path without links and dots; `nil` when it leads nowhere.
  /// - Throws: `FileError.unwritable` when it is no text, which a path here must be.
  static func realPath(_ path: String) throws(FileError) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    guard let text = String(validatingCString: found) else {
      throw .unwritable(path: path, reason: "it leads to a name that is not UTF-8 text")
    }
    return text
  }

  /// What an open file is.
  static func status(_ descriptor: Int32) -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  /// What a name in a folder is, links not followed.
  static func status(_ name: UnsafePointer<CChar>, in folder: Int32) -> stat? {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// A folder by a name that is no link; -1 when there is none.
  static func openFolder(_ name: UnsafePointer<CChar>, in folder: Int32 = here) -> Int32 {
    openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
  }

  /// The names in a folder as the bytes they are, which need not be text, zero-terminated;
  /// `nil` when they cannot be read or are more than `limit`.
  static func names(in folder: Int32, limit: Int = .max) -> [[CChar]]? {
    // One of its own, since reading moves a position that duplicates share.
    let own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { return nil }
    guard let stream = fdopendir(own) else {
      close(own)
      return nil
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
      }
      let point = CChar(UInt8(ascii: "."))
      if name == [point, 0] || name == [point, point, 0] { continue }
      if names.count == limit { return nil }
      names.append(name)
      errno = 0
    }
    return errno == 0 ? names : nil
  }
}

extension stat {
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  var isFile: Bool { st_mode & S_IFMT == S_IFREG }

  /// Whether both are of one file.
  func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
