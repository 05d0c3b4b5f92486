/// Checks a program without running it: unknown names and arguments, for `petl check`.
///
/// What a script assigns anywhere counts as known everywhere below, because files run with
/// `run` and blocks that may not run are left aside: it only reports what cannot be right.
struct Resolver {
  private let source: Source
  private var diagnostics: [Diagnostic] = []
  /// Names assigned so far, the innermost scope last.
  private var scopes: [Set<String>]
  private var functions: [String: Syntax.Function] = [:]
  /// After `run` of another file any name may exist.
  private var runsOtherFiles = false

  private init(_ source: Source, known: Set<String>) {
    self.source = source
    scopes = [known]
  }

  /// What is wrong with a program, in the order of its text.
  static func check(_ program: Syntax.Program, known: Set<String> = []) -> [Diagnostic] {
    var resolver = Resolver(program.source, known: known)
    resolver.collect(program.statements)
    resolver.check(program.statements)
    return resolver.diagnostics
  }

  // MARK: - Names that a script makes

  /// Functions may be used above their place by other functions, so all of them are known.
  private mutating func collect(_ statements: [Syntax.Statement]) {
    for statement in statements {
      switch statement.kind {
      case .function(let function, _):
        if let name = function.name { functions[name] = function }
      case .conditional(let branches, let otherwise):
        for branch in branches { collect(branch.body) }
        collect(otherwise ?? [])
      case .loop(_, _, _, let body), .whileLoop(_, let body): collect(body)
      default: break
      }
    }
  }

  private func isKnown(_ name: String) -> Bool {
    runsOtherFiles || name == "ans" || name == "_" || scopes.contains { $0.contains(name) }
      || functions[name] != nil || Commands.named(name) != nil || Constants.named(name) != nil
  }

  private mutating func define(_ name: String, _ range: SourceRange) {
    if Commands.named(name) != nil {
      add("'\(name)' is a command and cannot be a variable", range, "choose another name")
    } else if Constants.named(name) != nil {
      add("'\(name)' is built in and cannot be changed", range, "choose another name")
    }
    scopes[scopes.count - 1].insert(name)
  }

  private mutating func add(_ message: String, _ range: SourceRange, _ hint: String? = nil) {
    diagnostics.append(Diagnostic(message, at: SourceLocation(source, range), hint: hint))
  }

  // MARK: - Statements

  private mutating func check(_ statements: [Syntax.Statement]) {
    for statement in statements { check(statement) }
  }

  private mutating func check(_ statement: Syntax.Statement) {
    switch statement.kind {
    case .expression(let expression): check(expression)
    case .assignment(let target, let operation, let value):
      check(value)
      if case .name(let name) = target.kind {
        if operation != nil { check(target) }
        define(name, target.range)
      } else {
        check(target)
      }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        check(branch.condition)
        check(branch.body)
      }
      check(otherwise ?? [])
    case .loop(let variable, let range, let over, let body):
      check(over)
      define(variable, range)
      check(body)
    case .whileLoop(let condition, let body):
      check(condition)
      check(body)
    case .function(let function, let range):
      if let name = function.name { define(name, range) }
      check(function)
    case .returning(let value): if let value { check(value) }
    case .trying(let body, let variable, let range, let handler):
      check(body)
      if let variable, let range { define(variable, range) }
      check(handler)
    case .parameter(let parameter):
      check(parameter.value)
      define(parameter.name, parameter.nameRange)
    case .timed(let inner): check(inner)
    case .breaking, .continuing, .help: break
    }
  }

  private mutating func check(_ function: Syntax.Function) {
    scopes.append([])
    for parameter in function.parameters {
      if let value = parameter.defaultValue { check(value) }
      define(parameter.name, parameter.range)
    }
    check(function.body)
    scopes.removeLast()
  }

  // MARK: - Expressions

  private mutating func check(_ expression: Syntax.Expression) {
    switch expression.kind {
    case .name(let name): checkName(name, expression.range)
    case .call(let call): check(call)
    case .function(let function): check(function)
    case .literal: break
    case .interpolation(let pieces):
      for case .value(let value) in pieces { check(value) }
    case .list(let items): for item in items { check(item) }
    case .record(let entries): for entry in entries { check(entry.value) }
    case .unary(_, let a), .member(let a, _, _): check(a)
    case .range(let a, let b, _), .binary(_, let a, let b), .and(let a, let b), .or(let a, let b),
      .index(let a, let b):
      check(a)
      check(b)
    case .conditional(let a, let b, let c):
      check(a)
      check(b)
      check(c)
    }
  }

  private mutating func checkName(_ name: String, _ range: SourceRange) {
    guard !isKnown(name) else { return }
    let known =
      scopes.flatMap { $0.sorted() } + functions.keys.sorted() + Commands.names
      + Constants.all.map(\.name)
    add(
      "there is no variable or command '\(name)'", range,
      Habits.functions[name] ?? didYouMean(name, known))
    // Told once: the next use of the name follows from the first.
    scopes[0].insert(name)
  }

  private mutating func check(_ call: Syntax.Call) {
    check(call.callee)
    var command: Command?
    if case .name(let name) = call.callee.kind, !scopes.contains(where: { $0.contains(name) }) {
      command = Commands.named(name)
      if name == "run" { runsOtherFiles = true }
    }
    for (position, argument) in call.arguments.enumerated() {
      let description =
        argument.name.map { name in
          command?.arguments.first { $0.name == name }
        } ?? command?.argument(at: position)
      if description?.kind == .name, case .name = argument.value.kind { continue }
      check(argument.value)
    }
    guard let command else { return checkFunctionCall(call) }
    for argument in call.arguments {
      guard let name = argument.name, let range = argument.nameRange,
        !command.arguments.contains(where: { $0.name == name })
      else { continue }
      let known = command.arguments.map(\.name)
      add(
        "'\(command.name)' has no argument '\(name)'", range,
        didYouMean(name, known)
          ?? (known.isEmpty ? nil : "arguments: \(known.joined(separator: ", "))"))
    }
    let places = command.arguments.filter { !$0.isNamedOnly }
    if !places.contains(where: \.isVariadic) {
      let extra = call.arguments.filter { $0.name == nil }.dropFirst(places.count).first
      if let extra {
        add(
          "'\(command.name)' takes at most \(places.count) value\(places.count == 1 ? "" : "s") "
            + "without a name", extra.value.range, "usage: \(command.usage)")
      }
    }
  }

  private mutating func checkFunctionCall(_ call: Syntax.Call) {
    guard case .name(let name) = call.callee.kind, let function = functions[name] else { return }
    let known = function.parameters.map(\.name)
    for argument in call.arguments {
      guard let label = argument.name, let range = argument.nameRange, !known.contains(label)
      else { continue }
      add(
        "'\(name)' has no argument '\(label)'", range,
        didYouMean(label, known) ?? "arguments: \(known.joined(separator: ", "))")
    }
  }
}

extension Session {
  /// What can be said about a source without running it: its first syntax error, or all of
  /// its unknown names and arguments. Nothing is run, read or written.
  public static func check(_ source: Source) -> [Diagnostic] {
    do {
      return Resolver.check(try Parser.parse(source))
    } catch let diagnostic as Diagnostic {
      return [diagnostic]
    } catch {
      return [Diagnostic("\(error)")]
    }
  }
}
