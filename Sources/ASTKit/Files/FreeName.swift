import Glibc

/// Names that no file has yet: `NAME.ENDING`, else `NAME-2.ENDING`, `NAME-3.ENDING`, …
enum FreeName {
  /// Makes an empty file under the first free name, so that no other process can take it.
  ///
  /// - Parameter folder: where; empty for the current folder.
  /// - Returns: the path of the file.
  /// - Throws: `FileError.unwritable`.
  static func reserve(
    _ name: String, ending: String, in folder: String
  ) throws(FileError) -> String {
    var path = ""
    for number in 1...100_000 {
      let file = (number == 1 ? name : "\(name)-\(number)") + "." + ending
      path = folder.isEmpty ? file : "\(folder)/\(file)"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
      if descriptor >= 0 {
        close(descriptor)
        return path
      }
      guard errno == EEXIST else { break }
    }
    throw FileError.lastFailure(path)
  }
}
