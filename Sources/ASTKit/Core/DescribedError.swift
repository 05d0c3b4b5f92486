/// An error that a person can act on: what was expected, what was found, and where.
///
/// Each area of the engine has its own `enum` of cases with data (`ShapeError`, `AudioError`,
/// `SafetensorsError`, …) whose wording lives in one extension beside it.
public protocol DescribedError: Error, CustomStringConvertible {
  /// One sentence without a final period, naming the file, tensor or setting concerned.
  var message: String { get }
  /// What to try next, or `nil` when the message already says it.
  var hint: String? { get }
}

extension DescribedError {
  public var hint: String? { nil }

  /// Message and hint on one line. What they quote from a file or a setting may hold anything:
  /// no character that a terminal would obey is left in them.
  public var description: String {
    (hint.map { "\(message) (\($0))" } ?? message).printable
  }
}
