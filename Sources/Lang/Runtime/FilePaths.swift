import Glibc

extension String {
  /// The path with `~` replaced by the home folder.
  public var expandingHome: String {
    guard self == "~" || hasPrefix("~/"), let home = getenv("HOME") else { return self }
    return String(cString: home) + dropFirst()
  }
}

/// Reads whole files of text, such as scripts.
enum TextFile {
  /// The text of a file.
  ///
  /// - Throws: `CommandError` that names the file and the reason.
  static func read(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      bytes += buffer[..<count]
      guard bytes.count <= Limits.stringBytes else {
        throw CommandError("\(path.quoted) is too large for a script")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func failure(_ path: String) -> CommandError {
    CommandError("cannot read \(path.quoted): \(String(cString: strerror(errno)))")
  }
}
