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

  /// Runs `source`, its parameters set to `settings`; the status to end with.
  ///
  /// - Throws: `UsageError.unknownParameter`, before anything runs.
  func run(_ source: Source, settings: [(name: String, value: String)] = []) throws(UsageError)
    -> Int32
  {
    // What does not parse is told by running it.
    if !settings.isEmpty, let program = try? Session.parse(source) {
      let known = program.parameterNames
      for setting in settings where !known.contains(setting.name) {
        throw .unknownParameter(setting.name, script: source.name, known: known)
      }
    }
    for setting in settings { session.parameters[setting.name] = setting.value }
    return status(session.run(source))
  }

  /// Checks `source` without running it; the status to end with.
  func check(_ source: Source) -> Int32 {
    let diagnostics = Session.check(source)
    for diagnostic in diagnostics { session.report(diagnostic) }
    return status(diagnostics.first.map { .failed($0) } ?? .succeeded)
  }

  private func status(_ result: RunStatus) -> Int32 {
    output.showProgress(nil)
    output.flush()
    if output.isClosed { return ExitStatus.closedPipe }
    if let failure = output.failure {
      output.writeError("error: \(failure)\n")
      return ExitStatus.scriptError
    }
    switch result {
    case .succeeded: return session.quitStatus.map(Int32.init) ?? ExitStatus.success
    case .failed: return ExitStatus.scriptError
    case .interrupted: return ExitStatus.interrupted
    }
  }
}
