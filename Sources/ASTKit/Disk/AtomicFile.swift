import Glibc

/// Writes files so that a reader, or a crash, sees the old file or the new one and nothing
/// between: in full to a nameless file in the same folder, synced to disk, then named.
public enum AtomicFile {
  /// Writes what `body` sends to the sink; if it throws, or the disk is full, the file that
  /// was there stays as it was and nothing is left behind.
  ///
  /// - A symbolic link is followed. A character device such as `/dev/full` is written straight,
  ///   since it must not be replaced by a file.
  /// - A file that was there keeps its mode, and its owner, group, access list and extended
  ///   attributes as far as the system lets it. Other hard links to it keep the old contents:
  ///   writing through them could not be undone by a crash.
  /// - Parameters:
  ///   - mode: of a new file; the process's mask is taken off.
  ///   - isDurable: whether to wait until the disk has it, so that it survives a power cut.
  /// - Throws: `FileError` with the path and the system's reason, `FileError.protected` for a
  ///   file that is not to be written, or whatever `body` throws.
  public static func write(
    _ path: String, mode: mode_t = 0o666, isDurable: Bool = true,
    _ body: (FileSink) throws -> Void
  ) throws {
    ignoreFileSizeSignal
    let target = try resolveLink(path)
    let old = Disk.status(target)
    if let old, !old.isFile {
      guard old.st_mode & S_IFMT == S_IFCHR else { throw FileError.notAFile(path: path) }
      return try writeDevice(target, as: path, body)
    }
    if let old { try FileAttributes.checkWritable(target, old, as: path) }

    let folder = PathBytes.parent(of: target)
    Leftovers.remove(in: folder)
    let file = try PendingFile(in: folder, as: path, mode: mode, like: old.map { ($0, target) })
    do {
      try body(file.sink)
      try file.complete(isDurable: isDurable)
      try file.place(at: target, isNew: old == nil)
    } catch {
      file.discard()
      throw error
    }
    if isDurable { syncFolder(folder) }
  }

  /// Writes `bytes` as the whole file.
  /// - Throws: `FileError`.
  public static func write(_ path: String, bytes: [UInt8]) throws {
    try write(path) { sink in try bytes.withUnsafeBytes { try sink.write($0) } }
  }

  /// Writes `text` as UTF-8.
  /// - Throws: `FileError`.
  public static func write(_ path: String, text: String) throws {
    try write(path, bytes: Array(text.utf8))
  }

  /// Past a file size limit the system sends a signal that ends the process; ignored, the
  /// write fails with an error that can be reported.
  static let ignoreFileSizeSignal: Void = { _ = signal(SIGXFSZ, SIG_IGN) }()

  private static func writeDevice(
    _ target: String, as path: String, _ body: (FileSink) throws -> Void
  ) throws {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileError.lastFailure(path) }
    defer { close(descriptor) }
    let sink = FileSink(descriptor: descriptor, path: path)
    try body(sink)
    try sink.flush()
  }

  /// The file a symbolic link leads to; the path itself when it is none or leads nowhere.
  private static func resolveLink(_ path: String) throws(FileError) -> String {
    guard let status = Disk.status(path, in: Disk.here), status.st_mode & S_IFMT == S_IFLNK
    else { return path }
    return try Disk.realPath(path) ?? path
  }

  /// Makes a new name survive a power cut. The file is already in place, and some file
  /// systems cannot do this, so a failure is no reason to report one.
  static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }
}
