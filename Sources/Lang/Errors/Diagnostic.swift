/// One answer to one mistake: what is wrong, where, and what to write instead.
///
/// It is thrown by the lexer, the parser and the interpreter alike, and drawn by
/// `rendered(color:)`.
public struct Diagnostic: Error, Sendable {
  public enum Severity: String, Sendable { case error, warning, note }

  public var severity: Severity
  /// One sentence without a final period.
  public var message: String
  /// Where, or `nil` when no text is to blame.
  public var location: SourceLocation?
  /// What to write instead; stands beside the carets.
  public var hint: String?
  /// Lines below the drawing, such as the chain of calls.
  public var notes: [String]
  /// Whether more input could still mend it: the prompt then reads another line.
  public var isIncomplete: Bool

  public init(
    _ message: String, at location: SourceLocation? = nil, hint: String? = nil,
    severity: Severity = .error, notes: [String] = [], isIncomplete: Bool = false
  ) {
    self.severity = severity
    self.message = message
    self.location = location
    self.hint = hint
    self.notes = notes
    self.isIncomplete = isIncomplete
  }
}
