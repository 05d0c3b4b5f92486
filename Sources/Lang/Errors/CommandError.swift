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
  /// Settings of the engine and arguments have the same names.
  public var argumentName: String? {
    switch self {
    case .setting(let name, _, _), .choice(let name, _, _): name
    default: nil
    }
  }
}

extension DatasetError: ArgumentBlame {
  /// Settings of a data set are arguments of `dataset`.
  public var argumentName: String? {
    switch self {
    case .settingUnused(_, let setting, _): setting
    default: nil
    }
  }
}
