import Glibc
import Synchronization

/// Writes files so that a reader, or a crash, sees the old file or the new one and nothing
/// between: to a temporary name in the same folder, synced to disk, then renamed.
public enum AtomicFile {
  /// Writes what `body` sends to the sink; if it throws, or the disk is full, the file that
  /// was there stays as it was and nothing is left behind.
  ///
  /// A symbolic link is followed. A character device such as `/dev/full` is written straight,
  /// since it must not be replaced by a file.
  /// - Throws: `FileError` with the path and the system's reason, or whatever `body` throws.
  public static func write(_ path: String, _ body: (FileSink) throws -> Void) throws {
    ignoreFileSizeSignal
    let target = resolveLink(path)
    var status = stat()
    if stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT == S_IFCHR else { throw FileError.notAFile(path: path) }
      return try writeDevice(target, as: path, body)
    }

    let folder = parent(of: target)
    let (descriptor, temporary) = try createTemporary(in: folder, for: path)
    let sink = FileSink(descriptor: descriptor, path: path)
    do {
      try body(sink)
      try sink.flush()
      guard fsync(descriptor) == 0 else { throw FileSink.failure(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    // Some file systems report a full disk only now.
    guard close(descriptor) == 0, rename(temporary, target) == 0 else {
      let error = FileSink.failure(path)
      unlink(temporary)
      throw error
    }
    syncFolder(folder)
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

  private static let counter = Atomic<Int>(0)

  /// Past a file size limit the system sends a signal that ends the process; ignored, the
  /// write fails with an error that can be reported.
  private static let ignoreFileSizeSignal: Void = { _ = signal(SIGXFSZ, SIG_IGN) }()

  private static func createTemporary(
    in folder: String, for path: String
  ) throws -> (descriptor: Int32, name: String) {
    for _ in 0..<100 {
      let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
      // Not made from the file's own name, which may already be as long as a name can be.
      let name = "\(folder)/.petl-\(getpid())-\(number).tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
      if descriptor >= 0 { return (descriptor, name) }
      if errno != EEXIST { break }
    }
    throw FileSink.failure(path)
  }

  private static func writeDevice(
    _ target: String, as path: String, _ body: (FileSink) throws -> Void
  ) throws {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileSink.failure(path) }
    defer { close(descriptor) }
    let sink = FileSink(descriptor: descriptor, path: path)
    try body(sink)
    try sink.flush()
  }

  /// The file a symbolic link leads to; the path itself when it is none or leads nowhere.
  private static func resolveLink(_ path: String) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      let resolved = realpath(path, nil)
    else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the new name survive a power cut. The file is already in place, and some file
  /// systems cannot do this, so a failure is no reason to report one.
  private static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }
}

/// Where the bytes of a file being written go. Small pieces are gathered, large ones go to
/// the system without a copy.
public final class FileSink {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16
  /// Bytes handed over so far.
  public private(set) var count = 0

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    buffer.reserveCapacity(FileSink.bufferSize)
  }

  /// Appends bytes to the file.
  /// - Throws: `FileError.unwritable` when the system refuses them.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    count += bytes.count
    if buffer.count + bytes.count <= FileSink.bufferSize {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    try send(bytes)
  }

  /// Appends bytes to the file.
  /// - Throws: `FileError.unwritable` when the system refuses them.
  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends the text as UTF-8.
  /// - Throws: `FileError.unwritable` when the system refuses it.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  func flush() throws {
    try buffer.withUnsafeBytes { try send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    var sent = 0
    while sent < bytes.count {
      let written = Glibc.write(descriptor, base + sent, min(bytes.count - sent, 1 << 30))
      if written > 0 {
        sent += written
      } else if written == 0 || errno != EINTR {
        throw FileSink.failure(path)
      }
    }
  }

  /// The error for the system call that just failed.
  static func failure(_ path: String) -> FileError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}
