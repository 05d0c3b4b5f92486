import ASTKit

/// How running a source ended.
public enum RunStatus: Sendable {
  case succeeded
  /// An error, which the output has already received.
  case failed(Diagnostic)
  /// The user asked to stop.
  case interrupted
}

/// One sitting with the language: its variables, its output, its seed.
///
/// A session is used by one thread at a time; only `interrupt` may be touched from anywhere.
/// Sources run on a thread of their own with a large stack, while the caller waits.
public final class Session: @unchecked Sendable {
  public let output: any OutputSink
  /// Whether a person types; scripts run with `false`.
  public let isInteractive: Bool
  /// Where the features of data sets are kept for the next session.
  public let featureCache: FeatureCache
  /// Raised by Ctrl-C; long work polls it and stops at its next safe point.
  public let interrupt = InterruptFlag()
  /// The seed of all that is drawn by chance, set by `seed`.
  public var seed: UInt64 = 0
  /// What `--set name=value` gave, by name; `param` statements read it.
  public var parameters: [String: String] = [:]
  /// The script's parameters with the values they took, in order, for reports.
  public private(set) var usedParameters: [(name: String, value: Value, summary: String?)] = []
  /// The exit status that `quit` asked for, or `nil` while the session goes on.
  public internal(set) var quitStatus: Int?
  /// Forgets what `quit` asked for.
  public func stay() { quitStatus = nil }

  /// Set by a command that has told the user about an interrupt in its own words, such as
  /// `train`; the session then says nothing more.
  public var interruptIsExplained = false
  let trained = TrainedModels()
  private(set) lazy var interpreter = Interpreter(session: self)

  /// - Parameter featureCache: where `dataset` keeps the features it makes; by default nowhere.
  public init(
    output: any OutputSink, isInteractive: Bool, featureCache: FeatureCache = .none
  ) {
    self.output = output
    self.isInteractive = isInteractive
    self.featureCache = featureCache
  }

  /// The models that have been trained and not saved since, wherever they are held.
  public var unsavedModels: [UnsavedModel] {
    let unsaved = trained.unsaved
    if unsaved.isEmpty { return [] }
    let names = trainedNames
    return unsaved.map { model, run in
      UnsavedModel(
        model: model, run: run, name: names[ObjectIdentifier(model)],
        runName: run.flatMap { names[ObjectIdentifier($0)] })
    }
  }

  /// The same from any thread, without the names that only this session's thread may look for.
  public var unsavedModelsFromOutside: [UnsavedModel] {
    trained.unsaved.map { UnsavedModel(model: $0, run: $1, name: nil, runName: nil) }
  }

  private var trainedNames: [ObjectIdentifier: String] {
    TrainedNames(variables + [("ans", lastShown)]).names
  }

  /// After an error or an interrupt: lets go of what variables hold anyway.
  func releaseReachable() { trained.release(where: Set(trainedNames.keys)) }

  // MARK: - Output

  /// Writes text to read, with its own newlines, to standard output; hidden characters in it
  /// stand as escapes, whoever has put them there.
  public func write(_ text: String) { output.write(text.printableLines) }

  /// Writes text that must stay as it is to standard output: a picture in escape sequences,
  /// or what another program reads.
  func writeVerbatim(_ text: String) { output.write(text) }

  /// Writes help, fitted into the window of a person who reads it.
  func writeHelp(_ text: String) {
    write(output.isTerminal ? HelpLayout.fit(text, columns: output.size.columns) : text)
  }

  /// Writes one line to standard error, for what is worth knowing and no error.
  public func notice(_ text: String) {
    output.writeError("note: \(text.printable.shortened(to: 1000))\n")
  }

  /// Shows the live progress line; `nil` takes it away.
  public func progress(_ line: String?) { output.showProgress(line?.printable) }

  // MARK: - Variables

  /// The global variables with their values, by name.
  public var variables: [(name: String, value: Value)] {
    interpreter.globals.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The value of a global variable.
  public func variable(_ name: String) -> Value? { interpreter.globals[name] }

  /// Gives a global variable a value from outside the language.
  public func bind(_ name: String, to value: Value) { interpreter.globals[name] = value }

  /// The last shown value, `ans`.
  public var lastShown: Value { interpreter.lastShown }

  func noteParameter(_ name: String, _ value: Value, _ summary: String?) {
    usedParameters.removeAll { $0.name == name }
    usedParameters.append((name, value, summary))
  }

  // MARK: - Calls from commands

  /// Calls a func or command with values, from inside a command such as `map`.
  public func call(_ function: FunctionValue, _ arguments: [Value]) throws -> Value {
    let range = interpreter.currentCall?.range ?? SourceRange(0, 0)
    return try interpreter.call(function, CallArguments(arguments), range)
  }

  /// Shows a value as if it stood alone on a line.
  public func show(_ value: Value) { interpreter.show(value) }
}
