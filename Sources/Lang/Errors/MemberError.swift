import ASTKit

/// A member that is not there or cannot be changed.
public enum MemberError: DescribedError, Equatable {
  case unknown(type: String, name: String, known: [String])
  case readOnly(type: String, name: String)
  /// `expected` in words, such as `a number above 0`.
  case wrongValue(name: String, expected: String, found: String)
}

extension MemberError {
  public var message: String {
    switch self {
    case .unknown(let type, let name, _): "\(type.withArticle) has no member '\(name)'"
    case .readOnly(let type, let name): "'\(name)' of \(type.withArticle) cannot be changed"
    case .wrongValue(let name, let expected, let found):
      "'\(name)' must be \(expected), found \(found)"
    }
  }

  public var hint: String? {
    guard case .unknown(_, let name, let known) = self else { return nil }
    return didYouMean(name, known)
      ?? (known.isEmpty ? nil : "members: \(known.prefix(12).joined(separator: ", "))")
  }
}
