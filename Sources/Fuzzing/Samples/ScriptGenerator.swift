import Lang

/// Writes programs that the grammar allows, about anything the language has: its commands with
/// the arguments they declare, its members, its literals.
package struct ScriptGenerator {
  private var random: FuzzRandom
  /// Statements and expressions that may still be made.
  private var budget: Int

  package static func program(_ random: inout FuzzRandom) -> String {
    var generator = ScriptGenerator(random: random, budget: 10 + random.below(60))
    let text = generator.block(1 + generator.random.below(8), depth: 0)
    random = generator.random
    return text
  }

  private init(random: FuzzRandom, budget: Int) {
    self.random = random
    self.budget = budget
  }

  // MARK: - Words

  private static let names = [
    "x", "y", "xs", "r", "net", "fit", "ans", "_", "f", "t", "é", "clips",
  ]
  private static let members =
    ([Value.list([]), .string(""), .record(Record())].flatMap(Members.names)
      + ["type", "count", "message", "loss", "valid", "adapters", "parameters", "a", "lr", "x"])
  private static let numbers = [
    "0", "1", "2", "3", "-1", "7", "0.5", "1e-3", "1_000", "100", "255", "1e3", "0.1", "5e-324",
    "1e308", "-1e19", "9007199254740993", "1e400", "0x10", "10ms", "0.5s", "16kHz", "3 dB", "1.",
    ".5", "64", "12", "-0",
  ]
  private static let strings = [
    #""""#, #""a""#, #"'raw \n'"#, #""\(x)""#, #""\(1 + 2, digits: 3) b""#, #""\u{1F600}é""#,
    #""a,b;c""#, #""\t\n\\""#, #""x.csv""#, #""\(xs.map(t))""#, #""\("\("a")")""#, #""%s %d""#,
    #""\u{301}""#, "\"\u{301}\"", #""\(x, percent: 1)""#, #""ALL""#, #""q""#,
  ]
  private static let operators = [
    "+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", " and ", " or ", " in ", " - ",
    " + ",
  ]

  // MARK: - Statements

  private mutating func block(_ count: Int, depth: Int) -> String {
    var text = ""
    for _ in 0..<count where budget > 0 {
      let indent = String(repeating: "  ", count: depth)
      text += indent + statement(depth) + random.pick(["\n", "\n", "\n", "; ", "\n\n", " # c\n"])
    }
    return text
  }

  private mutating func body(_ depth: Int) -> String {
    guard depth < 5 else { return "{ }" }
    return "{\n\(block(1 + random.below(3), depth: depth + 1))}"
  }

  private mutating func statement(_ depth: Int) -> String {
    budget -= 1
    let name = random.pick(Self.names)
    switch random.below(22) {
    case 0...4: return "\(name) = \(expression(0))"
    case 5: return "\(name) \(random.pick(["+=", "-=", "*=", "/=", "%="])) \(expression(0))"
    case 6: return "\(name)[\(expression(1))] = \(expression(1))"
    case 7: return "\(name).\(random.pick(Self.members)) = \(expression(1))"
    case 8: return "if \(expression(0)) \(body(depth)) else \(body(depth))"
    case 9: return "for \(name)\(random.chance(30) ? ", y" : "") in \(small) \(body(depth))"
    case 10: return "while \(expression(1)) \(body(depth))"
    case 11: return "func \(name)(x, y: \(expression(2))) \(body(depth))"
    case 12: return "try \(body(depth)) catch e { print e.message }"
    case 13: return "return \(expression(1))"
    case 14:
      return random.pick(["break", "continue", "?x", "??list", "#%% title [markdown] a=\"b\""])
    case 15: return "param \(name) = \(expression(2))"
    case 16: return "print \(expression(0)), \(expression(1))"
    case 17: return "\(name).\(random.pick(Self.members))(\(arguments))"
    default: return command(isStatement: true)
    }
  }

  // MARK: - Expressions

  private mutating func expression(_ depth: Int) -> String {
    budget -= 1
    guard depth < 6, budget > 0 else { return random.pick(Self.numbers) }
    let next = depth + 1
    switch random.below(24) {
    case 0...4: return random.pick(Self.numbers)
    case 5, 6: return random.pick(Self.names)
    case 7: return random.pick(Self.strings)
    case 8: return random.pick(["true", "false", "nil", "[:]", "[]", "pi"])
    case 9, 10: return list(next)
    case 11: return "[a: \(expression(next)), \"b c\": \(expression(next))]"
    case 12, 13: return expression(next) + random.pick(Self.operators) + expression(next)
    case 14: return random.pick(["-", "not ", "+"]) + expression(next)
    case 15: return "(\(expression(next)))"
    case 16: return "\(expression(next)) ? \(expression(next)) : \(expression(next))"
    case 17: return "\(expression(next))[\(expression(next))]"
    case 18: return "\(expression(next)).\(random.pick(Self.members))"
    case 19: return "\(expression(next)).\(random.pick(Self.members))(\(arguments))"
    case 20: return "[\(expression(next)) for x in \(small) if \(expression(next))]"
    case 21: return "\(expression(next))\(random.pick(["...", "..<"]))\(expression(next))"
    case 22: return "\(random.pick(Self.names))(\(arguments))"
    default: return command(isStatement: false)
    }
  }

  private mutating func list(_ depth: Int) -> String {
    let items = (0..<random.below(5)).map { _ in expression(depth) }
    return "[\(items.joined(separator: ", "))]"
  }

  /// What a loop may run over without taking long.
  private var small: String {
    mutating get {
      random.pick(["1...3", "0..<4", "[1, 2]", "xs", "\"abc\"", "[a: 1]", "range(3)"])
    }
  }

  private var arguments: String {
    mutating get {
      (0..<random.below(4)).map { i in
        i > 0 && random.chance(30)
          ? "\(random.pick(Self.members)): \(expression(3))" : expression(3)
      }.joined(separator: ", ")
    }
  }

  /// A call of a command, most of its arguments of the kind that it declares.
  private mutating func command(isStatement: Bool) -> String {
    let command = random.pick(Commands.all)
    var parts: [String] = []
    for argument in command.arguments {
      guard argument.isRequired || random.chance(40) else { continue }
      let value = value(for: argument)
      let isNamed = argument.isNamedOnly || (!argument.isRequired && random.chance(60))
      parts.append(isNamed ? "\(argument.name): \(value)" : value)
      if argument.isVariadic { parts += (0..<random.below(3)).map { _ in expression(3) } }
    }
    let text = parts.joined(separator: ", ")
    return isStatement && random.chance(60)
      ? "\(command.name) \(text)" : "\(command.name)(\(text))"
  }

  private mutating func value(for argument: ArgumentDescription) -> String {
    if random.chance(15) { return expression(3) }
    if !argument.allowed.isEmpty { return "\"\(random.pick(argument.allowed))\"" }
    if let text = argument.defaultText, random.chance(40) { return text }
    let type = argument.typeDescription
    if type.contains("number") {
      let number = random.pick(Self.numbers)
      return type.contains("list") ? "[\(number), \(random.pick(Self.numbers))]" : number
    }
    if type.contains("text") || type.contains("path") || type.contains("file") {
      return type.contains("list") ? #"["a", "b"]"# : random.pick(Self.strings)
    }
    if type.contains("true") { return random.pick(["true", "false"]) }
    return random.chance(50) ? random.pick(Self.names) : expression(3)
  }
}
