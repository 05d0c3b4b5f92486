/// Checks a program without running it: unknown names and arguments, for `petl check`.
///
/// It only reports what cannot be right. What a script assigns anywhere counts as known
/// everywhere below, because blocks may run or not; in a loop also above, because of its next
/// turn. The body of a func is checked last, against all global variables of the script: it
/// runs when it is called, and by then they may all be there.
struct Resolver {
  private let source: Source
  private var diagnostics: [Diagnostic] = []
  /// Names assigned so far, the innermost scope last.
  private var scopes: [Set<String>]
  /// The funcs of the script by name; one that is made in several places has all its forms.
  private var functions: [String: [Syntax.Function]] = [:]
  /// Global variables that something else than `func` gives a value.
  private var assigned: Set<String> = []
  /// Unknown names that have been told of.
  private var told: Set<String> = []
  /// Funcs outside others, to be checked when all global variables are known.
  private var waiting: [Syntax.Function] = []
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
    resolver.checkWaiting()
    return resolver.diagnostics.sorted { a, b in
      (a.location?.range.start ?? 0) < (b.location?.range.start ?? 0)
    }
  }

  // MARK: - Names that a script makes

  /// Functions may be used above their place by other functions, so all of them are known.
  private mutating func collect(_ statements: [Syntax.Statement]) {
    Self.visit(statements) { statement in
      if case .function(let function, _) = statement.kind, let name = function.name {
        functions[name, default: []].append(function)
      } else if let name = statement.variable {
        assigned.insert(name)
      }
    }
  }

  /// Calls `body` with each statement of the same variables: those in blocks, but not those
  /// in funcs.
  private static func visit(
    _ statements: [Syntax.Statement], _ body: (Syntax.Statement) -> Void
  ) {
    for statement in statements {
      body(statement)
      for block in statement.blocks { visit(block, body) }
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
      checkLoop(body)
    case .whileLoop(let condition, let body):
      check(condition)
      checkLoop(body)
    case .function(let function, let range):
      if let name = function.name { define(name, range) }
      checkLater(function)
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

  /// A turn of a loop sees what the turn before has assigned.
  private mutating func checkLoop(_ body: [Syntax.Statement]) {
    var names: Set<String> = []
    Self.visit(body) { statement in
      if let name = statement.variable { names.insert(name) }
    }
    scopes[scopes.count - 1].formUnion(names)
    check(body)
  }

  /// A func inside another keeps the variables there are when it is made; one outside others
  /// reads the global variables whenever it is called.
  private mutating func checkLater(_ function: Syntax.Function) {
    if scopes.count == 1 { waiting.append(function) } else { check(function) }
  }

  private mutating func checkWaiting() {
    for function in waiting { check(function) }
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
    case .function(let function): checkLater(function)
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
    // Told once: the next use of the name follows from the first.
    guard !isKnown(name), told.insert(name).inserted else { return }
    let known =
      scopes.flatMap { $0.sorted() } + functions.keys.sorted() + Commands.names
      + Constants.all.map(\.name)
    add(
      "there is no variable or command '\(name)'", range,
      Habits.functions[name] ?? didYouMean(name, known))
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
    guard case .name(let name) = call.callee.kind, let forms = functions[name],
      !assigned.contains(name), !scopes.dropFirst().contains(where: { $0.contains(name) })
    else { return }
    let known = forms.flatMap { $0.parameters.map(\.name) }
    for argument in call.arguments {
      guard let label = argument.name, let range = argument.nameRange, !known.contains(label)
      else { continue }
      add(
        "'\(name)' has no argument '\(label)'", range,
        didYouMean(label, known) ?? "arguments: \(known.joined(separator: ", "))")
    }
  }
}

extension Syntax.Statement {
  /// The variable that the statement gives a value, a func's name included.
  fileprivate var variable: String? {
    switch kind {
    case .assignment(let target, nil, _):
      if case .name(let name) = target.kind { name } else { nil }
    case .loop(let name, _, _, _): name
    case .function(let function, _): function.name
    case .trying(_, let name, _, _): name
    case .parameter(let parameter): parameter.name
    default: nil
    }
  }

  /// The blocks inside the statement; a func's body is not one, it has variables of its own.
  fileprivate var blocks: [[Syntax.Statement]] {
    switch kind {
    case .conditional(let branches, let otherwise):
      branches.map(\.body) + (otherwise.map { [$0] } ?? [])
    case .loop(_, _, _, let body), .whileLoop(_, let body): [body]
    case .trying(let body, _, _, let handler): [body, handler]
    case .timed(let inner): [[inner]]
    default: []
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
