import ASTKit

/// An error of a command in one line: what was expected and found, and perhaps which argument
/// is to blame, so that the carets stand under it.
///
///     throw CommandError("there is no layer 99", argument: "layers", hint: "layers are 0...11")
public struct CommandError: DescribedError, ArgumentBlame, Equatable {
  public var message: String
  public var hint: String?
  public var argumentName: String?

  public init(_ message: String, argument: String? = nil, hint: String? = nil) {
    self.message = message
    self.hint = hint
    argumentName = argument
  }
}

/// An error that knows which argument of the command caused it.
public protocol ArgumentBlame: Error {
  /// The argument's declared name, or `nil` when the whole call is to blame.
  var argumentName: String? { get }
}

extension EngineError: ArgumentBlame {
  /// Engine settings carry the names of the arguments that they came from, or are given them
  /// by `calling(_:)`.
  public var argumentName: String? {
    if case .setting(let name, _, _) = self { name } else { nil }
  }

  /// The error with the argument's name in place of the setting's, where the two differ.
  func calling(_ arguments: [String: String]) -> EngineError {
    guard case .setting(let name, let expected, let found) = self, let argument = arguments[name]
    else { return self }
    return .setting(name: argument, expected: expected, found: found)
  }
}
