/// What can go wrong with a file before its contents matter: opening, mapping, writing.
public enum FileError: DescribedError, Equatable {
  /// The file or folder could not be opened or read; `reason` is the system's own word for it.
  case unreadable(path: String, reason: String)
  /// There is no file of this name.
  case missing(path: String)
  /// The path names a folder, a device or a pipe where a file is needed.
  case notAFile(path: String)
  /// The file is larger than `limit` bytes, more than any file of its kind has.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The file was written to or cut while petl used what it holds; `how` says what differs.
  case changed(path: String, how: String)
  /// The file could not be written, and what was there before is untouched.
  case unwritable(path: String, reason: String)
}

extension FileError {
  public var message: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
    case .missing(let path): "there is no file '\(path)'"
    case .notAFile(let path): "'\(path)' is not a file"
    case .tooLarge(let path, let bytes, let limit):
      "'\(path)' has \(bytes) bytes; a file of its kind has at most \(limit)"
    case .changed(let path, let how): "'\(path)' has changed since it was read: \(how)"
    case .unwritable(let path, let reason): "cannot write '\(path)': \(reason)"
    }
  }

  public var hint: String? {
    guard case .changed = self else { return nil }
    return "read it again; adapters that were trained with it can still be saved"
  }
}
