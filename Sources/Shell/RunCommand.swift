import ArgumentParser
import Lang

extension Petl {
  /// `petl run FILE`: a script from top to bottom, the same for everybody.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a script, stopping at its first error.",
      discussion: "The startup file is not read, so a script gives the same result for everybody.")

    @OptionGroup var options: SharedOptions

    @ArgumentParser.Argument(help: "The script; '-' is standard input.")
    var file: String

    @Option(
      name: .customLong("set"), parsing: .unconditionalSingleValue,
      help: ArgumentHelp(
        "Give a parameter of the script another value; may be repeated.",
        valueName: "name=value"))
    var settings: [String] = []

    func run() throws {
      let settings = try settings.map(Self.split)
      let path = file == "-" ? nil : file
      throw ExitCode(
        try ScriptRunner(options).run(ScriptFile.read(file), from: path, settings: settings))
    }

    /// The two sides of `name=value`.
    static func split(_ text: String) throws(UsageError) -> (name: String, value: String) {
      guard let equals = text.firstIndex(of: "=") else { throw .settingWithoutValue(text) }
      let name = text[..<equals]
      guard let first = name.first, first.isLetter || first == "_",
        name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      else { throw .invalidSettingName(String(name)) }
      return (String(name), String(text[text.index(after: equals)...]))
    }
  }

  /// `petl reference`: every command of the language, as a page.
  struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the reference of all commands and the grammar, in Markdown.")

    func run() throws { throw ExitCode(Petl.print(Lang.Reference.markdown)) }
  }

  /// `petl check FILE`: what can be known to be wrong before hours of training.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Parse a script and check its names without running it.")

    @OptionGroup var options: SharedOptions

    @ArgumentParser.Argument(help: "The script; '-' is standard input.")
    var file: String

    func run() throws {
      throw ExitCode(try ScriptRunner(options).check(ScriptFile.read(file)))
    }
  }
}
