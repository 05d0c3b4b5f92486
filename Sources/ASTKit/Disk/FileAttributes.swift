internal import CLinux
import Glibc

/// Who may do what with a file that takes the place of another: as before.
enum FileAttributes {
  /// - Throws: `FileError.protected` for a file or folder that may not be written, by its mode
  ///   even for the superuser; `.unwritable` on a disk that takes nothing.
  static func checkWritable(_ path: String, _ status: stat, as shown: String) throws(FileError) {
    if status.st_mode & 0o222 == 0 { throw .protected(path: shown) }
    if faccessat(Disk.here, path, W_OK, AT_EACCESS) == 0 { return }
    if errno == EACCES || errno == EPERM { throw .protected(path: shown) }
    throw .lastFailure(shown)
  }

  /// Gives an open file or folder the owner, group, access list, extended attributes and mode
  /// of `old`, which is open as `source` or, if that is `nil`, found by its path.
  /// - Returns: whether all of it could be kept. What could not opens the file to nobody who
  ///   could not read it before.
  @discardableResult
  static func copy(
    _ old: stat, at path: String, open source: Int32? = nil, to descriptor: Int32
  ) -> Bool {
    var mode = old.st_mode & 0o777
    var isWhole = true
    if Disk.status(descriptor).map({ $0.st_uid != old.st_uid || $0.st_gid != old.st_gid }) ?? true,
      fchown(descriptor, old.st_uid, old.st_gid) != 0
    {
      isWhole = false
      // Without its group, the group's rights would be those of another one.
      if fchown(descriptor, uid_t.max, old.st_gid) != 0 { mode = withoutGroup(mode) }
    }
    if !copyExtended(at: path, open: source, to: descriptor) {
      isWhole = false
      // Of a file with an access list, the group's bits bound the whole list.
      mode = withoutGroup(mode)
    }
    if fchmod(descriptor, isWhole ? old.st_mode & 0o7777 : mode) != 0 { isWhole = false }
    return isWhole
  }

  private static func withoutGroup(_ mode: mode_t) -> mode_t {
    mode & 0o707 | (mode & 0o007) << 3 & mode & 0o070
  }

  /// Access lists are extended attributes; a new file may have one from its folder.
  private static let accessList = "system.posix_acl_access"
  private static let folderList = "system.posix_acl_default"

  private static func copyExtended(
    at path: String, open source: Int32?, to descriptor: Int32
  ) -> Bool {
    func list(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
      source.map { flistxattr($0, buffer, size) } ?? listxattr(path, buffer, size)
    }
    func value(_ name: String, _ buffer: UnsafeMutableRawPointer?, _ size: Int) -> Int {
      source.map { fgetxattr($0, name, buffer, size) } ?? getxattr(path, name, buffer, size)
    }
    let size = list(nil, 0)
    if size < 0 { return errno == ENOTSUP }
    var bytes = [CChar](repeating: 0, count: size)
    let count = size == 0 ? 0 : list(&bytes, size)
    guard count >= 0 else { return false }
    let names = bytes[..<count].split(separator: 0).map {
      String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    for stale in [accessList, folderList] where !names.contains(stale) {
      if fremovexattr(descriptor, stale) != 0, errno != ENODATA, errno != ENOTSUP { return false }
    }
    // The others ("security.", "trusted.") are the system's own business.
    for name in names where name.hasPrefix("user.") || name == accessList || name == folderList {
      let length = value(name, nil, 0)
      guard length >= 0 else { return false }
      var content = [UInt8](repeating: 0, count: length)
      guard value(name, &content, length) == length,
        fsetxattr(descriptor, name, content, length, 0) == 0
      else { return false }
    }
    return true
  }
}
