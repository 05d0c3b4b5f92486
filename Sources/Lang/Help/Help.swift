import ASTKit

/// Help texts, all made from the declarations of commands, constants and members.
public enum Help {
  /// What `help TEXT` and `?TEXT` write: all commands, one command, a variable, a constant or
  /// a member such as `fit.lr`; ends with a newline.
  ///
  /// - Throws: `CommandError` when nothing of this name is known.
  public static func text(about text: String, in session: Session) throws -> String {
    let words = text.split { $0 == " " || $0 == "." || $0 == "(" || $0 == ")" }.map(String.init)
    guard let name = words.first else { return overview }
    if let value = session.interpreter.variable(name) {
      return try describe(value, path: words, in: session)
    }
    // Commands of two words, such as `write csv`, are told apart by their first argument.
    if let command = Commands.named(name) { return page(of: command) }
    if let constant = Constants.named(name) {
      if words.count > 1 { return try describe(constant.value, path: words, in: session) }
      return constantPage(constant)
    }
    if let method = method(name) { return page(of: method) }
    if let keyword = keywords[name] { return keyword + "\n" }
    let near = NearestName.find(
      name, in: session.interpreter.knownNames + keywords.keys.sorted())
    let found = matches(name)
    if near == nil && !found.isEmpty { return search(name) }
    throw CommandError(
      "there is no help about '\(name)'", argument: "name",
      hint: near.map { "did you mean '\($0)'?" } ?? "'help' alone lists all commands")
  }

  /// The commands whose name, summary or arguments hold a word.
  public static func search(_ word: String) -> String {
    let found = matches(word)
    guard !found.isEmpty else { return "nothing is known about '\(word.printable)'\n" }
    return list(found.map { ($0.name, $0.summary) })
  }

  // MARK: - Pages

  /// A command's usage, arguments and example.
  public static func page(of command: Command, isMethod: Bool = false) -> String {
    var text = (isMethod ? "x." + command.methodUsage : command.usage) + "\n"
    text += "  \(command.summary)\n"
    let arguments = isMethod ? Array(command.arguments.dropFirst()) : command.arguments
    if !arguments.isEmpty {
      text += "\n" + list(arguments.map { ($0.name, facts(about: $0)) }, indent: "  ")
    }
    return text + "\n  example: \(command.example)\n"
  }

  private static func page(of member: Member) -> String {
    if member.isProperty {
      return "x.\(member.command.name)\n  \(member.command.summary)\n\n"
        + "  example: \(member.command.example)\n"
    }
    return page(of: member.command, isMethod: true)
  }

  /// What is to know about an argument, on one line.
  public static func facts(about argument: ArgumentDescription) -> String {
    var facts: [String] = []
    if argument.typeDescription != Value.typeDescription { facts.append(argument.typeDescription) }
    if let unit = argument.unit { facts.append("in \(unit.name)") }
    if let bounds = argument.bounds { facts.append(bounds.text) }
    if !argument.allowed.isEmpty {
      facts.append("one of " + argument.allowed.map(\.quoted).joined(separator: ", "))
    }
    if let text = argument.defaultText {
      facts.append("default \(text)")
    } else if !argument.isRequired && !argument.isVariadic {
      facts.append("optional")
    }
    if argument.isVariadic { facts.append("any number of them") }
    if argument.isNamedOnly { facts.append("by name only") }
    return argument.summary + (facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))")
  }

  private static var overview: String {
    var text = list(Commands.all.map { ($0.name, $0.summary) })
    text += "\nvalues: " + Constants.all.map(\.name).joined(separator: ", ") + "\n"
    return text + "help NAME explains one of them, ?NAME as well; ??WORD searches\n"
  }

  private static func constantPage(_ constant: Constant) -> String {
    var text = "\(constant.name)\n  \(constant.summary)\n"
    let members = Members.names(of: constant.value)
    if !members.isEmpty { text += "  members: \(members.joined(separator: ", "))\n" }
    return text
  }

  /// A variable, or the member of one that a path leads to.
  private static func describe(
    _ value: Value, path: [String], in session: Session
  ) throws -> String {
    var value = value
    var place = path[0]
    for name in path.dropFirst() {
      if let member = Members.find(name, of: value) { return page(of: member) }
      guard let next = try Members.value(of: value, name, in: session) else {
        let error = MemberError.unknown(
          type: value.typeName, name: name, known: Members.names(of: value))
        throw CommandError(error.message, argument: "name", hint: error.hint)
      }
      place += "." + name
      if case .function(let function) = next, case .method(let command, _) = function.kind {
        return page(of: command, isMethod: true)
      }
      if case .object(let object) = value, path.last == name,
        let summary = object.memberSummary(name)
      {
        return "\(place): \(summary)\n"
      }
      value = next
    }
    if case .function(let function) = value {
      switch function.kind {
      case .command(let command), .method(let command, _): return page(of: command)
      case .script: return "func \(function.signature)\n"
      }
    }
    var text = "\(place): \(value.typeDescription)\n  \(value.inline(limit: 70))\n"
    let summaries = Members.names(of: value).map { name -> (String, String) in
      if case .object(let object) = value, let summary = object.memberSummary(name) {
        return (name, summary)
      }
      return (name, Members.find(name, of: value)?.command.summary ?? "")
    }
    if !summaries.isEmpty { text += "\n" + list(summaries, indent: "  .") }
    return text
  }

  // MARK: - Parts

  private static func method(_ name: String) -> Member? {
    (ListMembers.all + TextMembers.all + RecordMembers.all).first { $0.command.name == name }
  }

  private static func matches(_ word: String) -> [Command] {
    let word = word.lowercased()
    guard !word.isEmpty else { return Commands.all }
    return Commands.all.filter { command in
      command.name.lowercased().firstRange(of: word) != nil
        || command.summary.lowercased().firstRange(of: word) != nil
        || command.arguments.contains { $0.name.lowercased() == word }
    }
  }

  static func list(_ rows: [(String, String)], indent: String = "") -> String {
    // Members of a record are called what a file or a person has called them.
    let rows = rows.map { ($0.0.printable, $0.1) }
    let width = rows.map(\.0.columnWidth).max() ?? 0
    return rows.map { name, text in
      let blanks = String(repeating: " ", count: width - name.columnWidth + 2)
      return (indent + name + blanks + text).trimmedAtEnd + "\n"
    }.joined()
  }

  private static let keywords: [String: String] = [
    "if": "if acc > 0.9 { print \"good\" } else if acc > 0.5 { print \"fair\" } else { … }",
    "else": "if acc > 0.9 { … } else { … }",
    "for": "for rate in [32, 64, 96] { print rate }    for i in 0..<10 { … }",
    "in": "3 in [1, 2, 3]    for x in list { … }",
    "while": "while fit.epoch < 3 { step fit, 10 }",
    "func": "func best(rate, kernel: 31) { return rate * kernel }",
    "return": "func best(rate) { return rate * 2 }",
    "break": "break leaves the innermost loop", "continue": "continue starts the loop's next turn",
    "try": "try { load net, \"x.safetensors\" } catch e { print e.message }",
    "catch": "try { … } catch e { print e.message, e.hint, e.place }",
    "param": "param lr = 5e-3, \"peak learning rate\"    petl run x.petl --set lr=1e-3",
    "and": "a and b", "or": "a or b", "not": "not a", "true": "true or false",
    "false": "true or false", "nil": "nil: no value",
    "ans": "ans, also _, is the last shown value",
  ]
}
