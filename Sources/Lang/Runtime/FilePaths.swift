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
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CommandError("cannot read \(path.quoted): \(String(cString: strerror(errno)))")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw CommandError("cannot read \(path.quoted): it is a folder")
    }
    guard let file = fopen(path, "r") else {
      throw CommandError("cannot read \(path.quoted): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
      guard bytes.count <= Limits.stringBytes else {
        throw CommandError("\(path.quoted) is too large for a script")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
