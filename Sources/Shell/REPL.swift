import ASTKit
import Glibc
import Lang

/// Reads an entry, runs it, and comes back, until the person leaves.
final class REPL {
  private let session: Session
  private let terminal: any Terminal
  private let history: History
  private let output: any OutputSink
  private let rescue: Rescue
  /// Lines of an entry that is not complete yet.
  private var pending = ""
  private var toldHistoryFailure = false
  /// Whether the last entry was an attempt to leave that unsaved training has held up.
  private var wasHeldUp = false

  init(
    session: Session, terminal: any Terminal, history: History, output: any OutputSink,
    rescue: Rescue
  ) {
    self.session = session
    self.terminal = terminal
    self.history = history
    self.output = output
    self.rescue = rescue
    terminal.completer = { [unowned self] line, offset in complete(line, offset) }
  }

  /// Starts the REPL at the person's terminal; the status to end with.
  static func start(_ options: SharedOptions, skipsStartup: Bool) -> Int32 {
    let output = StandardOutput(color: options.color)
    let session = Session(
      output: output, isInteractive: true, featureCache: .standard())
    output.stop = { [interrupt = session.interrupt] in interrupt.raise() }
    Interrupts.follow(session.interrupt)
    let history = History(path: UserFiles.history)
    let terminal = ReadlineTerminal(
      output: output, color: output.usesColor, history: history.entries)
    if output.isTerminal {
      output.write("petl \(PetlVersion.current)  ·  help, ?name, Ctrl-D to leave\n")
    }
    let rescue = Rescue()
    LastResort.prepare { [session] in rescue.keepFromOutside(session) }
    let repl = REPL(
      session: session, terminal: terminal, history: history, output: output, rescue: rescue)
    if !skipsStartup, let path = UserFiles.startup { repl.runStartup(path) }
    let status = repl.run()
    output.flush()
    return output.isClosed ? ExitStatus.closedPipe : status
  }

  /// Runs the startup file, if there is one. Its errors are shown and the REPL starts anyway.
  func runStartup(_ path: String) {
    guard access(path, F_OK) == 0 else { return }
    do {
      run(try ScriptFile.read(path))
    } catch {
      output.writeError("warning: startup file: \("\(error)".printable)\n")
    }
  }

  /// Answers entries until the person leaves; the status to end with.
  func run() -> Int32 {
    while true {
      if let status = session.quitStatus {
        if !holdsUp() { return leave(Int32(status)) }
        session.stay()
      }
      tellHistoryFailure()
      // What was asked before is answered. From here on, a Ctrl-C drops the entry or, when it
      // comes too late for that, stops its work.
      session.interrupt.clear()
      switch terminal.readLine(prompt: pending.isEmpty ? .primary : .continuation) {
      case .line(let line):
        pending += pending.isEmpty ? Paste.clean(line) : "\n" + Paste.cleanContinuation(line)
        if session.isIncomplete(pending) { continue }
        let entry = takePending()
        keep(entry)
        run(Source(name: "prompt", text: Self.isViQuit(entry) ? "quit" : entry))
        if session.quitStatus == nil { wasHeldUp = false }
      case .interrupted:
        pending = ""
      case .endOfInput:
        if pending.isEmpty {
          if holdsUp() { continue }
          return leave(ExitStatus.success)
        }
        // Leaves the entry, not the session: a second Ctrl-D does that.
        pending = ""
      case .gone:
        keep(session.unsavedModels)
        return ExitStatus.ended(by: SIGHUP)
      case .terminated(let signal):
        keep(session.unsavedModels)
        return ExitStatus.ended(by: signal)
      }
    }
  }

  /// Whether to stay, once, because training would be lost.
  private func holdsUp() -> Bool {
    let unsaved = session.unsavedModels.filter { $0.name != nil }
    guard !wasHeldUp, let first = unsaved.first, let name = first.name else { return false }
    wasHeldUp = true
    let list = unsaved.compactMap(\.name).joined(separator: ", ")
    let adapters =
      first.model.unsavedTraining == .adapters ? "save \(name).adapters, FILE or " : ""
    let other = first.runName.map { "checkpoint \($0), FILE or " } ?? adapters
    output.writeError(
      "note: what was trained is not saved (\(list)): \(other)save \(name), FILE; once more "
        + "leaves without it\n")
    return true
  }

  /// The person leaves, and has been asked about what variables hold. What no variable leads to,
  /// nobody could have saved: it is kept.
  private func leave(_ status: Int32) -> Int32 {
    keep(session.unsavedModels.filter { $0.name == nil })
    return status
  }

  private func keep(_ models: [UnsavedModel]) {
    LastResort.standDown()
    output.writeError(rescue.keep(models).text)
  }

  private func keep(_ entry: String) {
    if history.add(entry) { terminal.remember(history.entries.last ?? entry) }
  }

  /// Whether the entry is the way to leave that another program has taught, and is no petl.
  private static func isViQuit(_ entry: String) -> Bool {
    entry.split(whereSeparator: \.isWhitespace) == [":q"]
  }

  private func run(_ source: Source) {
    Interrupts.startWork()
    _ = session.run(source)
    output.showProgress(nil)
    // A Ctrl-C that the work has answered must not also clear the next line.
    Interrupts.forget(SIGINT)
  }

  private func takePending() -> String {
    defer { pending = "" }
    return pending
  }

  /// What Tab offers, seen from the whole entry: its earlier lines matter too.
  private func complete(_ line: String, _ offset: Int) -> CompletionList {
    let before = pending.isEmpty ? "" : pending + "\n"
    let shift = before.utf8.count
    let found = session.completions(in: before + line, at: shift + offset)
    let lower = max(0, found.range.lowerBound - shift)
    return CompletionList(
      replaced: lower..<max(lower, found.range.upperBound - shift),
      candidates: found.candidates.map {
        .init(text: $0.text, detail: $0.detail, isProminent: $0.kind == .argument)
      })
  }

  private func tellHistoryFailure() {
    guard !toldHistoryFailure, let failure = history.failure else { return }
    toldHistoryFailure = true
    output.writeError("note: \(failure.printable); entries are kept for this session only\n")
  }
}
