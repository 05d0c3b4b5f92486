import ASTKit
import ArgumentParser
import Glibc
import Lang

/// The command line of petl: without arguments the REPL, else a script.
@main
struct Petl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "petl",
    abstract: "A notebook-style REPL for fine-tuning audio transformers efficiently.",
    usage: """
      petl [options]
      petl [options] -e CODE
      petl [run] FILE.petl [--set name=value] ...
      petl check FILE.petl
      petl predict MODEL SOUND ... [--csv FILE]
      """,
    discussion: """
      Without arguments, petl starts the REPL; type 'help' there. FILE may be '-' for \
      standard input.

      What is trained and not saved when petl ends, however it ends, is kept: as \
      NAME.safetensors beside the script NAME.petl, or as session.safetensors in the current \
      folder. Where that cannot be, it goes to the state folder (~/.local/state/petl), else to \
      the temporary folder; standard error says where.

      Exit status: 0, or 1 after an error in a script, 2 for wrong usage, 129 when the \
      terminal went away (SIGHUP), 130 after Ctrl-C, 141 when nobody reads the output, 143 \
      when asked to end (SIGTERM).
      """,
    version: "petl \(PetlVersion.current)",
    subcommands: [Run.self, Check.self, Predict.self, Reference.self])

  @OptionGroup var options: SharedOptions

  @Option(
    name: .customShort("e"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Run CODE and end; may be repeated, then one runs after the other.", valueName: "code"))
  var code: [String] = []

  @Flag(name: .customLong("no-init"), help: "Start the REPL without the startup file.")
  var skipsStartup = false

  func run() throws {
    if !code.isEmpty { throw ExitCode(try runCode()) }
    if Environment.inputIsTerminal {
      throw ExitCode(REPL.start(options, skipsStartup: skipsStartup))
    }
    throw ExitCode(try ScriptRunner(options).run(ScriptFile.read("-")))
  }

  /// Runs each `-e` in one session until one of them fails or quits.
  private func runCode() throws(UsageError) -> Int32 {
    let runner = ScriptRunner(options)
    for text in code {
      let status = try runner.run(Source(name: "-e", text: text))
      if status != ExitStatus.success || runner.session.quitStatus != nil { return status }
    }
    return ExitStatus.success
  }

  static func main() {
    MemoryReserve.shareHeapIfLimited()
    Descriptor.occupyStandardStreams()
    Interrupts.ignoreClosedPipes()
    do throws(UsageError) {
      Glibc.exit(run(arguments: try givenArguments()))
    } catch {
      tell(error)
      Glibc.exit(ExitStatus.usage)
    }
  }

  /// The arguments as they were given. `CommandLine.arguments` mends what is no UTF-8, and
  /// would name another file.
  private static func givenArguments() throws(UsageError) -> [String] {
    var arguments: [String] = []
    for position in 1..<max(1, Int(CommandLine.argc)) {
      guard let start = CommandLine.unsafeArgv[position] else { continue }
      let bytes = UnsafeRawBufferPointer(start: start, count: strlen(start))
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .notText(position: position, bytes: Array(bytes))
      }
      arguments.append(text)
    }
    return arguments
  }

  /// Parses and runs a command line; the status to end with.
  static func run(arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(try namingSubcommand(arguments))
      try command.run()
      return ExitStatus.success
    } catch let status as ExitCode {
      return status.rawValue
    } catch UsageError.unreadableScript(.interrupted) {
      write(2, "interrupted\n")
      return ExitStatus.interrupted
    } catch let error as UsageError {
      tell(error)
      return ExitStatus.usage
    } catch {
      let text = fullMessage(for: error)
      // Help and the version come this way too.
      if exitCode(for: error) == .success { return print(text + "\n") }
      let shown = naming(arguments, in: text)
      write(2, shown.hasPrefix("Error:") ? "e" + shown.dropFirst() + "\n" : shown + "\n")
      return ExitStatus.usage
    }
  }

  private static func tell(_ error: UsageError) {
    write(2, "error: \("\(error)".printable.shortened(to: 1000))\n")
  }

  /// The parser's own message with the arguments in it as a person may be shown them: on one
  /// line, of bounded length, with nothing that a terminal would obey.
  private static func naming(_ arguments: [String], in message: String) -> String {
    var text = message
    for argument in arguments where !argument.isEmpty {
      // The parser quotes the name of `--name=value` alone.
      let parts = [argument] + argument.split(separator: "=", maxSplits: 1).map(String.init)
      for part in parts where part != part.shown { text = text.replacing(part, with: part.shown) }
    }
    return text.replacing("The value ''", with: "An empty text").printableLines
  }

  /// The arguments with the `run` that `petl FILE` leaves out.
  ///
  /// ArgumentParser would give the root's own positional argument precedence over the
  /// subcommands' names, so the root has none.
  static func namingSubcommand(_ arguments: [String]) throws(UsageError) -> [String] {
    var index = 0
    var hasCode = false
    while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "-" {
      switch arguments[index] {
      case "-e":
        hasCode = true
        index += 2
      case "--threads", "--color": index += 2
      case "--no-init", "--": index += 1
      case let option where option.contains("="): index += 1
      // Help, the version or a slip: for the parser to answer.
      default: return arguments
      }
    }
    guard index < arguments.count else { return arguments }
    let name = arguments[index]
    if hasCode { throw .conflictingInputs }
    if name.isEmpty { throw .emptyName }
    if (subcommandNames + ["help"]).contains(name) { return arguments }
    if name != "-", !PathBytes.hasEnding(name, ".petl"), !PathBytes.hasSlash(name),
      access(name, F_OK) != 0
    {
      throw .unknownCommand(name, nearest: nearestCommand(name))
    }
    return arguments[..<index] + ["run"] + arguments[index...]
  }

  private static let subcommandNames = ["run", "check", "predict", "reference"]

  private static func nearestCommand(_ name: String) -> String? {
    NearestName.find(name, in: subcommandNames) ?? ScriptFile.nearest(to: name, in: ".")
  }

  /// Writes text to standard output; the status to end with.
  static func print(_ text: String) -> Int32 {
    guard let error = Descriptor.write(Array(text.utf8), to: 1) else { return ExitStatus.success }
    if error == EPIPE { return ExitStatus.closedPipe }
    write(2, "error: cannot write to standard output: \(String(cString: strerror(error)))\n")
    return ExitStatus.scriptError
  }

  static func write(_ descriptor: Int32, _ text: String) {
    _ = Descriptor.write(Array(text.utf8), to: descriptor)
  }
}
