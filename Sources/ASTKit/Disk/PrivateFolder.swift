import Glibc

/// Folders for what is nobody else's business, such as features of recordings.
public enum PrivateFolder {
  /// Makes the folder, and those it lies in, where they are missing, for the user alone. What
  /// cannot be made shows when a file is put into it.
  public static func make(_ path: String) {
    if Disk.status(path) != nil { return }
    let parent = PathBytes.parent(of: path)
    if parent != path { make(parent) }
    _ = Disk.makeFolder(path, mode: 0o700)
  }

  /// Takes other users' rights to a file or folder of the user away.
  static func close(_ path: String) {
    guard let status = Disk.status(path), status.st_uid == geteuid(), status.st_mode & 0o077 != 0
    else { return }
    chmod(path, status.st_mode & 0o700)
  }
}
