import ASTKit
import Glibc
import Lang

/// Runs one script with nobody at a prompt.
final class ScriptRunner {
  let session: Session
  private let output: StandardOutput

  init(_ options: SharedOptions) {
    output = StandardOutput(color: options.color)
    session = Session(
      output: output, isInteractive: false, featureCache: .standard())
    output.stop = { [unowned session] in
      session.interrupt.raise()
      // The reason is told at the end.
      session.interruptIsExplained = true
    }
    Interrupts.follow(session.interrupt)
    Interrupts.startWork()
  }

  /// Runs `source`, its parameters set to `settings`; the status to end with. What is trained
  /// and not saved at the end is kept.
  ///
  /// - Parameter path: the file that holds it, if one does.
  /// - Throws: `UsageError.unknownParameter`, before anything runs.
  func run(
    _ source: Source, from path: String? = nil, settings: [(name: String, value: String)] = []
  ) throws(UsageError) -> Int32 {
    // What does not parse is told by running it.
    if !settings.isEmpty, let program = try? Session.parse(source) {
      let known = program.parameterNames
      for setting in settings where !known.contains(setting.name) {
        throw .unknownParameter(setting.name, script: source.name, known: known)
      }
    }
    for setting in settings { session.parameters[setting.name] = setting.value }
    let rescue = Rescue(script: path)
    LastResort.prepare { [session] in rescue.keepFromOutside(session) }
    let result = session.run(source)
    LastResort.standDown()
    // Before anything is written, which may have to wait for a reader.
    return status(result, rescue.keep(session.unsavedModels))
  }

  /// Checks `source` without running it; the status to end with.
  func check(_ source: Source) -> Int32 {
    let diagnostics = Session.check(source)
    for diagnostic in diagnostics { session.report(diagnostic) }
    return status(diagnostics.first.map { .failed($0) } ?? .succeeded, Rescue.Report())
  }

  private func status(_ result: RunStatus, _ kept: Rescue.Report) -> Int32 {
    output.showProgress(nil)
    output.flush()
    output.writeError(kept.text)
    // A terminal that went away takes standard output with it.
    if case .interrupted = result, Interrupts.endSignal != nil { return ExitStatus.interrupted }
    if output.isClosed { return ExitStatus.closedPipe }
    if let failure = output.failure {
      output.writeError("error: \(failure)\n")
      return ExitStatus.scriptError
    }
    switch result {
    case .succeeded where !kept.isComplete: return ExitStatus.scriptError
    case .succeeded: return session.quitStatus.map(Int32.init) ?? ExitStatus.success
    case .failed: return ExitStatus.scriptError
    case .interrupted: return ExitStatus.interrupted
    }
  }
}
