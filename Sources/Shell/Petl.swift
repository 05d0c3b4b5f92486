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
    subcommands: [Run.self, Check.self, Reference.self])

  @OptionGroup var options: SharedOptions

  @Option(
    name: .customShort("e"), parsing: .unconditional,
    help: ArgumentHelp("Run CODE and end.", valueName: "code"))
  var code: String?

  @Flag(name: .customLong("no-init"), help: "Start the REPL without the startup file.")
  var skipsStartup = false

  func run() throws {
    if let code {
      throw ExitCode(try ScriptRunner(options).run(Source(name: "-e", text: code)))
    }
    if Environment.inputIsTerminal {
      throw ExitCode(REPL.start(options, skipsStartup: skipsStartup))
    }
    throw ExitCode(try ScriptRunner(options).run(ScriptFile.read("-")))
  }

  static func main() {
    Descriptor.occupyStandardStreams()
    Interrupts.ignoreClosedPipes()
    Glibc.exit(run(arguments: Array(CommandLine.arguments.dropFirst())))
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
      write(2, "error: \(error)\n")
      return ExitStatus.usage
    } catch {
      let text = fullMessage(for: error)
      // Help and the version come this way too.
      if exitCode(for: error) == .success { return print(text + "\n") }
      write(2, text.hasPrefix("Error:") ? "e" + text.dropFirst() + "\n" : text + "\n")
      return ExitStatus.usage
    }
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
    if (subcommandNames + ["help"]).contains(name) { return arguments }
    if name != "-", !name.hasSuffix(".petl"), !name.contains("/"), access(name, F_OK) != 0 {
      throw .unknownCommand(name, nearest: nearestCommand(name))
    }
    return arguments[..<index] + ["run"] + arguments[index...]
  }

  private static let subcommandNames = ["run", "check", "reference"]

  private static func nearestCommand(_ name: String) -> String? {
    let scripts = ScriptFile.scripts(in: ".")
    if scripts.contains(name + ".petl") { return name + ".petl" }
    return NearestName.find(name, in: subcommandNames + scripts)
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
