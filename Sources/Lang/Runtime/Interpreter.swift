import ASTKit

/// Walks the tree and does what it says.
///
/// Blocks share the variables around them; a func has variables of its own and reads the
/// globals. The interrupt flag is looked at before every statement and on every call and
/// turn of a loop.
final class Interpreter {
  unowned let session: Session
  var globals: [String: Value] = [:]
  /// The variables of the func that runs, or `nil` outside.
  var frame: Frame?
  /// The source that the running statements stand in.
  var source = Source(name: "", text: "")
  var callDepth = 0
  var runDepth = 0
  /// The last shown value, `ans`.
  var lastShown = Value.nil
  /// The call that a command is running for, so that `run` can say where it was asked.
  var currentCall: SourceLocation?
  /// Where the stack of this thread must not grow beyond.
  var stackLimit: UInt = 0

  init(session: Session) { self.session = session }

  /// The variables of one call of a func.
  final class Frame {
    var locals: [String: Value]
    init(_ locals: [String: Value]) { self.locals = locals }
  }

  /// How a statement ended.
  enum Flow {
    case normal, breaking, continuing
    case returning(Value)
  }

  // MARK: - Variables

  /// The value of a variable, `ans` and `_` included.
  func variable(_ name: String) -> Value? {
    if let frame, let value = frame.locals[name] { return value }
    if let value = globals[name] { return value }
    return name == "ans" || name == "_" ? lastShown : nil
  }

  /// What a name stands for anywhere: a variable, a command, a constant.
  func lookUp(_ name: String) -> Value? {
    if let value = variable(name) { return value }
    if let constant = Constants.named(name) { return constant.value }
    if let command = Commands.named(name) { return .function(FunctionValue(command)) }
    return nil
  }

  func setVariable(_ name: String, _ value: Value) {
    if name == "_" { return }
    if let frame { frame.locals[name] = value } else { globals[name] = value }
  }

  /// Refuses names that belong to the language.
  func checkAssignable(_ name: String, _ range: SourceRange) throws {
    if Commands.named(name) != nil {
      throw failure(
        "'\(name)' is a command and cannot be a variable", range,
        "choose another name, such as '\(name)_1' or 'my_\(name)'")
    }
    if Constants.named(name) != nil {
      throw failure(
        "'\(name)' is built in and cannot be changed", range, "choose another name")
    }
    if name == "ans" {
      throw failure("'ans' is the last shown value", range, "choose another name")
    }
  }

  // MARK: - Safety

  /// Stops here if the user asked to.
  func poll() throws {
    guard session.interrupt.isRaised else { return }
    session.trained.hold()
    throw EngineError.interrupted
  }

  /// Counts one more open call; pair it with `leaveCall`.
  func enterCall(_ range: SourceRange?, _ name: String) throws {
    try poll()
    guard callDepth < Limits.calls, hasStack else {
      throw failure(
        "'\(name)' calls itself too deeply", range ?? SourceRange(0, 0),
        callDepth < Limits.calls
          ? "what its calls stand in is nested too deeply"
          : "at most \(Limits.calls) calls may be open at once")
    }
    callDepth += 1
  }

  func leaveCall() { callDepth -= 1 }

  private var hasStack: Bool {
    var marker: UInt8 = 0
    return withUnsafePointer(to: &marker) { UInt(bitPattern: $0) > stackLimit }
  }

  // MARK: - Errors

  // Each error comes by one of these while the variables of the funcs that it will end, and the
  // values that wait for the rest of an expression, are still there: what is trained among them
  // is held.

  func failure(_ message: String, _ range: SourceRange, _ hint: String? = nil) -> Diagnostic {
    session.trained.hold()
    return Diagnostic(message, at: SourceLocation(source, range), hint: hint)
  }

  /// Runs `body`; an error without a place gets this one.
  func locating<T>(_ range: SourceRange, _ body: () throws -> T) throws -> T {
    do { return try body() } catch { throw located(error, range) }
  }

  /// The error with a place. Interrupts and requests to quit stay what they are.
  func located(_ error: any Error, _ range: SourceRange) -> any Error {
    session.trained.hold()
    switch error {
    case let diagnostic as Diagnostic:
      guard diagnostic.location == nil else { return diagnostic }
      var placed = diagnostic
      placed.location = SourceLocation(source, range)
      return placed
    case EngineError.interrupted, is QuitRequest: return error
    case let failure as ArgumentFailure:
      return self.failure(failure.message, failure.range ?? range, failure.hint)
    case let described as any DescribedError:
      return failure(described.message, range, described.hint)
    default: return failure("\(error)", range)
    }
  }
}

/// Thrown by `quit`: not an error, and not to be caught by `try`.
struct QuitRequest: Error { let status: Int }
