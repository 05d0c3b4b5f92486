import Glibc

/// A file whose lines are on disk as soon as they are written, for work that takes hours.
///
/// It is called `PATH.part` until it is whole, and stays under that name if the process is killed. A
/// file that was there keeps its place until then, and gives it its mode and owner.
public final class GrowingFile {
  private let descriptor: Int32
  private let path: String
  /// Where the lines are until the file is whole.
  public let partial: String
  private let hadOld: Bool

  /// - Throws: `FileError`, also for a file of this name that is not to be written.
  public init(_ path: String) throws {
    self.path = path
    partial = path + ".part"
    let old = Disk.status(path)
    hadOld = old != nil
    if let old {
      guard old.st_mode & S_IFMT == S_IFREG else { throw FileError.notAFile(path: path) }
      try FileAttributes.checkWritable(path, old, as: path)
    }
    descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw FileError.lastFailure(partial) }
    if let old { FileAttributes.copy(old, at: path, to: descriptor) }
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

  /// Ends a file that is not whole: nothing of it stays if it is `empty`, else its lines do, under its
  /// own name unless another file has that.
  /// - Returns: where they are; `nil` where nothing stays.
  /// - Throws: `FileError.unwritable`
  public func abandon(empty: Bool) throws -> String? {
    if empty {
      _ = Disk.remove(partial)
      return nil
    }
    if hadOld { return partial }
    try finish()
    return path
  }
}
