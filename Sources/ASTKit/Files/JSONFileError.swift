/// What is wrong with a configuration file.
public enum JSONFileError: DescribedError, Equatable {
  /// The text is not a JSON object.
  case syntax(path: String, reason: String)
  /// A key that is needed is not there; `nearest` is the one most like it.
  case missing(path: String, key: String, nearest: String?)
  /// A key's value is of another kind.
  case type(path: String, key: String, expected: String, found: String)
}

extension JSONFileError {
  public var message: String {
    switch self {
    case .syntax(let path, let reason): "'\(path)' cannot be read as a JSON object: \(reason)"
    case .missing(let path, let key, _): "'\(path)' has no '\(key)'"
    case .type(let path, let key, let expected, let found):
      "'\(path)': '\(key)' should be \(expected), found \(found)"
    }
  }

  public var hint: String? {
    if case .missing(_, _, let nearest?) = self { return "it has '\(nearest)'" }
    return nil
  }
}
