import Glibc

/// Where the bytes of a file being written go. Small pieces are gathered, large ones go to
/// the system without a copy.
public final class FileSink {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16
  /// Bytes handed over so far.
  public private(set) var count = 0

  /// - Parameter path: what messages call the file.
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
        throw FileError.lastFailure(path)
      }
    }
  }
}

extension FileError {
  /// The error for the system call that just failed while `path` was to be written.
  static func lastFailure(_ path: String) -> FileError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}
