import ASTKit
import ArgumentParser
import Lang

extension Petl {
  /// `petl predict MODEL FILE…`: tables of what a trained model hears, for those who only use it.
  struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Predict sound files with a trained model: a table of file, start, end, class, score.",
      discussion: """
        MODEL is what 'save' wrote: a whole model, a set of adapters, or a folder of the peft package. \
        Its features, windows, classes and thresholds are used. Rows go to standard output, or to the \
        file of --csv, each as soon as it is known; Ctrl-C keeps those that are finished.
        """)

    @OptionGroup var options: SharedOptions

    @ArgumentParser.Argument(help: "The trained model, or the set of adapters.")
    var model: String

    @ArgumentParser.Argument(help: "Sound files, or folders that are searched for them.")
    var files: [String]

    @Option(help: ArgumentHelp("Write the table to this file.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("The backbone of a set, if it has moved.", valueName: "path"))
    var backbone: String?

    @Option(
      help: ArgumentHelp("Length of a window; default: as in training.", valueName: "seconds"))
    var window: Double?

    @Option(
      help: ArgumentHelp("From one window to the next; default: the window.", valueName: "seconds"))
    var hop: Double?

    @Option(help: ArgumentHelp("So many classes of each window.", valueName: "n"))
    var top: Int?

    @Option(help: ArgumentHelp("Only classes at least so likely.", valueName: "p"))
    var threshold: Double?

    @Option(help: ArgumentHelp("Windows at a time.", valueName: "n"))
    var batch = 16

    @Flag(help: "Go on without files that cannot be decoded.")
    var skip = false

    func validate() throws {
      for (name, value) in [("window", window), ("hop", hop)] {
        if let value, !(value > 0 && value <= 3600) {
          throw ValidationError(
            "--\(name) expects seconds above 0 and at most 3600, found \(value)")
        }
      }
      if let top, top < 1 { throw ValidationError("--top expects at least 1, found \(top)") }
      if let threshold, !(0...1).contains(threshold) {
        throw ValidationError("--threshold expects 0 to 1, found \(threshold)")
      }
      guard (1...4096).contains(batch) else {
        throw ValidationError("--batch expects 1 to 4096, found \(batch)")
      }
    }

    func run() throws { throw ExitCode(Predictor(self).run()) }
  }
}

/// One run of `petl predict`.
private final class Predictor {
  private let command: Petl.Predict
  private let output: StandardOutput
  private let interrupt = InterruptFlag()
  private var file: GrowingFile?
  private var rows = 0

  init(_ command: Petl.Predict) {
    self.command = command
    output = StandardOutput(color: command.options.color)
    output.stop = { [interrupt] in interrupt.raise() }
    Interrupts.follow(interrupt)
    Interrupts.startWork()
  }

  /// The status to end with.
  func run() -> Int32 {
    var status = ExitStatus.success
    do {
      try predict()
      try file?.finish()
      if let csv = command.csv { note("wrote \(rows) rows to '\(csv)'") }
    } catch {
      status = ExitStatus.scriptError
      if case EngineError.interrupted = error {
        status = ExitStatus.interrupted
        note("interrupted; \(rows) rows are finished")
      } else {
        tell(error)
      }
      keepRows()
    }
    output.showProgress(nil)
    output.flush()
    return output.isClosed
      ? ExitStatus.closedPipe : output.failure == nil ? status : ExitStatus.scriptError
  }

  private func predict() throws {
    let (model, notices) = try SavedModel.open(command.model, backbone: command.backbone)
    for notice in notices { note(notice) }
    var files: [SoundFiles.File] = []
    for path in command.files {
      let found = try SoundFiles(path, interrupt: interrupt)
      if let notice = found.notice { note(notice) }
      files += found.files
    }
    var options = PredictionOptions()
    (options.batch, options.skips) = (command.batch, command.skip)
    options.windows = try model.windows(of: command.window, hop: command.hop)
    let table = PredictionTable(
      model, PredictionChoice(top: command.top, threshold: command.threshold))
    file = try command.csv.map(GrowingFile.init)
    try write(PredictionTable.titles.joined(separator: ",") + "\n")
    rows = 0
    let report = try model.predict(
      files, options, interrupt: interrupt,
      progress: { self.output.showProgress($0.line("predict")) },
      row: { try self.write(table.lines($0)) })
    for notice in report.notices { note(notice) }
  }

  /// Leaves the rows that are finished.
  private func keepRows() {
    do {
      guard let place = try file?.abandon(empty: rows == 0) else { return }
      note("\(rows) rows are in '\(place)'")
    } catch {
      tell(error)
    }
  }

  private func write(_ text: String) throws {
    rows += text.utf8.count { $0 == UInt8(ascii: "\n") }
    if let file { try file.write(text) } else { output.write(text) }
  }

  private func note(_ text: String) { output.writeError("note: \(text.printable)\n") }

  private func tell(_ error: any Error) {
    guard let error = error as? any DescribedError else {
      return output.writeError("error: \("\(error)".printable)\n")
    }
    output.writeError("error: \(error.message.printable)\n")
    if let hint = error.hint { output.writeError("  \(hint.printable)\n") }
  }
}
