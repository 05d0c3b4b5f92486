import ASTKit
import Glibc

/// Reads whole files of text, such as scripts, up to a bound.
public enum TextFile {
  /// The text of the file at `path`.
  ///
  /// Only a regular file is read: a device may never end, and a named pipe may never start.
  /// Streams that the process was given are read as well: `/dev/stdin`, and `/dev/fd/63` as a
  /// shell writes it for `<(…)`.
  ///
  /// - Parameters:
  ///   - limit: bytes the file may have.
  ///   - isStopped: asked when a signal ends a wait; `true` gives up.
  /// - Throws: `TextFileError`.
  public static func read(
    _ path: String, limit: Int = Limits.scriptBytes, isStopped: () -> Bool = { false }
  ) throws(TextFileError) -> String {
    // Opening a pipe must not wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .system(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path: path, code: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      // Its size is known before anything is read.
      guard status.st_size <= limit else {
        throw .tooLarge(path: path, limit: limit, found: Int(status.st_size))
      }
    case S_IFDIR: throw .system(path: path, code: EISDIR)
    default:
      guard isGivenStream(path) else { throw .notRegular(path: path) }
      let flags = fcntl(descriptor, F_GETFL)
      guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else {
        throw .system(path: path, code: errno)
      }
    }
    return try read(descriptor, called: path, limit: limit, isStopped: isStopped)
  }

  /// The text that an open file or stream still gives, whatever it is; errors call it `name`.
  ///
  /// - Throws: `TextFileError`.
  public static func read(
    _ descriptor: Int32, called name: String, limit: Int = Limits.scriptBytes,
    isStopped: () -> Bool = { false }
  ) throws(TextFileError) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count < 0 {
        guard errno == EINTR else { throw .system(path: name, code: errno) }
        if isStopped() { throw .interrupted }
        continue
      }
      guard bytes.count + count <= limit else {
        throw .tooLarge(path: name, limit: limit, found: nil)
      }
      bytes += chunk[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: name) }
    return text
  }

  private static func isGivenStream(_ path: String) -> Bool {
    path == "/dev/stdin"
      || ["/dev/fd/", "/proc/self/fd/"].contains { path.utf8.starts(with: $0.utf8) }
  }
}

/// Why a file of text cannot be read.
public enum TextFileError: DescribedError, Equatable {
  /// The system refused with `code`, an `errno`.
  case system(path: String, code: Int32)
  /// A device, a pipe or a socket.
  case notRegular(path: String)
  /// More than `limit` bytes: `found` of them, where that is known.
  case tooLarge(path: String, limit: Int, found: Int?)
  case notText(path: String)
  /// The user asked to stop.
  case interrupted
}

extension TextFileError {
  public var message: String {
    switch self {
    case .system(let path, let code):
      "cannot read '\(path)': \(String(cString: strerror(code)).lowercased())"
    case .notRegular(let path): "'\(path)' is a device or pipe, expected a file"
    case .tooLarge(let path, let limit, let found):
      found.map { "'\(path)' has \($0.grouped) bytes, a script may have \(limit.grouped)" }
        ?? "'\(path)' has more than the \(limit.grouped) bytes that a script may have"
    case .notText(let path): "'\(path)' is not a text file in UTF-8, expected a petl script"
    case .interrupted: "interrupted"
    }
  }
}
