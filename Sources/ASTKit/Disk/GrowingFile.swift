import Glibc

/// A file whose lines are on disk as soon as they are written, for work that takes hours: it is
/// called `PATH.part` until it is whole, and stays under that name if the process is killed.
public final class GrowingFile {
  private let descriptor: Int32
  private let path: String
  private let partial: String

  /// - Throws: `FileError`, also for a file of this name that is not to be written.
  public init(_ path: String) throws {
    self.path = path
    partial = path + ".part"
    if let old = Disk.status(path) {
      guard old.st_mode & S_IFMT == S_IFREG else { throw FileError.notAFile(path: path) }
      try FileAttributes.checkWritable(path, old, as: path)
    }
    descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw FileError.lastFailure(partial) }
  }

  deinit { close(descriptor) }

  /// Appends text, which the system has when this returns.
  /// - Throws: `FileError.unwritable`
  public func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { Glibc.write(descriptor, $0 + done, raw.count - done) } ?? 0
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileError.lastFailure(partial) }
      done += written
    }
  }

  /// Syncs the file and gives it its name.
  /// - Throws: `FileError.unwritable`
  public func finish() throws {
    guard fsync(descriptor) == 0, Disk.rename(partial, path) == 0 else {
      throw FileError.lastFailure(path)
    }
    AtomicFile.syncFolder(PathBytes.parent(of: path))
  }
}
