import ASTKit

/// Help, printing, scripts, variables and the session's own settings.
enum SessionCommands {
  static let all: [Command] = [print, help, apropos, run, seed, set, vars, time, quit, exit]

  private static let print = Command(
    "print", "Writes values with a space between, to standard output.",
    example: "print \"accuracy\", 0.91",
    Argument<[Value]>(
      "values", "what to write; a terminal shows hidden characters as escapes", variadic: true)
  ) { session, values in
    let texts = try values.map { try $0.text(interrupt: session.interrupt) }
    let line = texts.joined(separator: " ") + "\n"
    // A program gets the bytes; a person's terminal must not obey the name of a file.
    if session.output.isTerminal { session.write(line) } else { session.writeVerbatim(line) }
    return .nil
  }

  private static let help = Command(
    "help", "Explains a command or a value; without a name, lists all commands.",
    example: "help print",
    Argument<BareName?>("name", "a command, a variable, or a word to search for"),
    Argument<BareName?>("member", "a member of it")
  ) { session, name, member in
    let text = [name?.text, member?.text].compactMap { $0 }.joined(separator: " ")
    session.writeHelp(try Help.text(about: text, in: session))
    return .nil
  }

  private static let apropos = Command(
    "apropos", "Lists commands whose name or description holds a word.", example: "apropos mean",
    Argument<BareName>("word", "the word to search for")
  ) { session, word in
    session.writeHelp(Help.search(word.text))
    return .nil
  }

  private static let run = Command(
    "run", "Runs another script in this session.", example: "run \"other.petl\"",
    Argument<FilePath>("file", "the script")
  ) { session, file in
    try session.runFile(file.path)
    return .nil
  }

  private static let seed = Command(
    "seed", "Sets the seed of all that is drawn by chance; without a number, shows it.",
    example: "seed 10",
    Argument<UInt64?>("number", "the seed", bounds: .atLeast(0))
  ) { session, number in
    guard let number else { return .number(Double(session.seed)) }
    session.seed = number
    return .nil
  }

  private static let set = Command(
    "set", "Changes a setting of the session; without a value, shows it.",
    example: "set \"seed\", 10",
    Argument<BareName?>("name", "the setting"), Argument<Value?>("value", "its new value")
  ) { session, name, value in
    guard let name else { return .record(SessionSettings.record(of: session)) }
    guard let value else { return try SessionSettings.value(name.text, of: session) }
    try SessionSettings.set(name.text, to: value, in: session)
    return .nil
  }

  private static let vars = Command(
    "vars", "Lists the variables with their values.", example: "vars"
  ) { session in
    let variables = session.variables
    guard !variables.isEmpty else {
      session.write("no variables yet\n")
      return .nil
    }
    let rows = variables.map { name, value in [name, value.typeName, value.inline(limit: 60)] }
    let table = TextTable(header: ["name", "kind", "value"], rows: rows)
    session.write(table.text(columns: session.output.size.columns) + "\n")
    return .nil
  }

  /// The parser makes a statement of its own of `time f x`; this declaration explains it.
  private static let time = Command(
    "time", "Runs the rest of the line and shows how long it took.", example: "time sum 0...1000"
  ) { _ in throw CommandError("'time' stands before a statement", hint: "write time f x") }

  private static let quit = leaving("quit", "Ends the session.")
  private static let exit = leaving("exit", "Ends the session, as quit does.")

  private static func leaving(_ name: String, _ summary: String) -> Command {
    Command(
      name, summary, example: name,
      Argument<Int>("status", "the exit status", default: 0, bounds: .between(0...255))
    ) { _, status in throw QuitRequest(status: status) }
  }
}
