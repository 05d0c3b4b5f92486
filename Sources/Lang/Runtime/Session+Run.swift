import ASTKit

extension Session {
  /// The tree of a source.
  ///
  /// - Throws: `Diagnostic`.
  public static func parse(_ source: Source) throws -> Syntax.Program { try Parser.parse(source) }

  /// Runs a source to its end or its first error, which the output receives.
  ///
  /// A request to stop that was made before stops it at its first statement: whoever reads
  /// sources one by one clears `interrupt` before waiting for the next, not after.
  public func run(_ source: Source) -> RunStatus {
    do {
      let program = try Parser.parse(source)
      return run(program, statements: program.statements.indices)
    } catch {
      return failed(error)
    }
  }

  /// Runs a part of a program, such as one cell: `run(program, statements: cell.statements)`.
  public func run(_ program: Syntax.Program, statements: Range<Int>) -> RunStatus {
    interruptIsExplained = false
    var status = RunStatus.succeeded
    BigStack.run { [self] stackLimit in
      interpreter.stackLimit = stackLimit
      status = runHere(program, statements)
      // Another thread's stack lies elsewhere.
      interpreter.stackLimit = 0
    }
    return status
  }

  private func runHere(_ program: Syntax.Program, _ statements: Range<Int>) -> RunStatus {
    let outer = (interpreter.source, interpreter.frame, interpreter.callDepth)
    interpreter.source = program.source
    interpreter.frame = nil
    interpreter.callDepth = 0
    interpreter.runDepth = 0
    defer { (interpreter.source, interpreter.frame, interpreter.callDepth) = outer }
    do {
      _ = try interpreter.execute(Array(program.statements[statements]))
    } catch {
      releaseReachable()
      return failed(error)
    }
    return interrupt.isRaised ? interrupted() : .succeeded
  }

  private func failed(_ error: any Error) -> RunStatus {
    switch error {
    case EngineError.interrupted: return interrupted()
    case let request as QuitRequest:
      quitStatus = request.status
      return .succeeded
    case let diagnostic as Diagnostic:
      report(diagnostic)
      return .failed(diagnostic)
    default:
      let diagnostic = Diagnostic("\(error)")
      report(diagnostic)
      return .failed(diagnostic)
    }
  }

  private func interrupted() -> RunStatus {
    output.showProgress(nil)
    if !interruptIsExplained { output.writeError("interrupted\n") }
    return .interrupted
  }

  /// Writes a diagnostic to the output, in colour if that is wanted.
  public func report(_ diagnostic: Diagnostic) {
    output.showProgress(nil)
    output.writeError(
      diagnostic.rendered(
        color: output.usesColor, columns: output.isTerminal ? output.size.columns : nil))
  }

  /// Runs another script among the global variables, from inside a command.
  ///
  /// - Throws: `CommandError` when it cannot be read, `Diagnostic` for its first error.
  func runFile(_ path: String) throws {
    guard interpreter.runDepth < Limits.runs else {
      throw CommandError(
        "scripts run each other too deeply", argument: "file",
        hint: "at most \(Limits.runs) levels; does \(path.quoted) run itself?")
    }
    let text: String
    do {
      text = try TextFile.read(path) { interrupt.isRaised }
    } catch TextFileError.interrupted {
      throw EngineError.interrupted
    } catch {
      throw CommandError(error.message, argument: "file", hint: error.hint)
    }
    let caller = interpreter.currentCall
    do {
      let program = try Parser.parse(Source(name: path, text: text))
      let outer = (interpreter.source, interpreter.frame)
      interpreter.source = program.source
      interpreter.frame = nil
      interpreter.runDepth += 1
      defer {
        (interpreter.source, interpreter.frame) = outer
        interpreter.runDepth -= 1
      }
      _ = try interpreter.execute(program.statements)
    } catch var diagnostic as Diagnostic {
      diagnostic.isIncomplete = false
      if let caller, diagnostic.notes.count < 6 {
        diagnostic.notes.append("run from \(caller.description)")
      }
      throw diagnostic
    }
  }

  /// Whether the text is the beginning of a statement, so that the prompt should read another
  /// line before it runs or complains.
  public func isIncomplete(_ text: String) -> Bool {
    do {
      _ = try Parser.parse(Source(name: "prompt", text: text))
      return false
    } catch let diagnostic as Diagnostic {
      return diagnostic.isIncomplete
    } catch {
      return false
    }
  }
}
