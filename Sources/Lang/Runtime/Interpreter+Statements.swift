import ASTKit

extension Interpreter {
  /// Runs statements one by one until one of them leaves the block.
  func execute(_ statements: [Syntax.Statement]) throws -> Flow {
    for statement in statements {
      let flow = try execute(statement)
      if case .normal = flow { continue }
      return flow
    }
    return .normal
  }

  func execute(_ statement: Syntax.Statement) throws -> Flow {
    try poll()
    switch statement.kind {
    case .expression(let expression):
      try run(expression, isQuiet: statement.isQuiet)
    case .assignment(let target, let operation, let expression):
      try assign(target, operation, expression)
    case .conditional(let branches, let otherwise):
      for branch in branches where try condition(branch.condition) {
        return try execute(branch.body)
      }
      if let otherwise { return try execute(otherwise) }
    case .loop(let variable, let range, let over, let body):
      return try loop(variable, range, over, body)
    case .whileLoop(let expression, let body):
      while try condition(expression) {
        try poll()
        let flow = try execute(body)
        if case .breaking = flow { break }
        if case .returning = flow { return flow }
      }
    case .function(let function, let range):
      try checkFunction(function, range)
      let name = function.name ?? "func"
      setVariable(name, .function(makeFunction(function)))
    case .returning(let expression):
      return .returning(try expression.map(evaluate) ?? .nil)
    case .breaking: return .breaking
    case .continuing: return .continuing
    case .trying(let body, let variable, let range, let handler):
      return try trying(body, variable, range, handler)
    case .parameter(let parameter):
      try declare(parameter)
    case .timed(let inner):
      let start = SteadyClock.now
      let flow = try execute(inner)
      session.write(DurationText.exact(SteadyClock.now - start) + "\n")
      return flow
    case .help(let text, let search):
      try locating(statement.range) {
        try session.writeHelp(search ? Help.search(text) : Help.text(about: text, in: session))
      }
    }
    return .normal
  }

  /// An expression as a statement: a command or func named alone is called, and a value is
  /// shown. Inside a func only commands show what they give.
  private func run(_ expression: Syntax.Expression, isQuiet: Bool) throws {
    var value: Value
    var isCommand = false
    if case .name(let name) = expression.kind {
      value = try evaluate(expression)
      if case .function(let function) = value {
        isCommand = function.isCommand && function.name == name
        if isCommand || function.needsNoArguments {
          value = try call(function, CallArguments(), expression.range)
        }
      }
    } else {
      if case .call(let call) = expression.kind, case .name(let name) = call.callee.kind {
        isCommand = variable(name) == nil && Commands.named(name) != nil
      }
      value = try evaluate(expression)
    }
    if !isQuiet && (frame == nil || isCommand) { show(value) }
  }

  /// Shows a value as the prompt does and keeps it as `ans`.
  func show(_ value: Value) {
    if value.isNil { return }
    lastShown = value
    session.write(value.display(columns: session.output.size.columns) + "\n")
  }

  func condition(_ expression: Syntax.Expression) throws -> Bool {
    let value = try evaluate(expression)
    if case .bool(let flag) = value { return flag }
    let hint: String?
    switch value {
    case .number: hint = "compare it, for example with '!= 0'"
    case .nil: hint = "compare it: x == nil"
    case .list, .string, .record: hint = "ask for x.count > 0"
    default: hint = nil
    }
    throw failure("a condition is true or false, found \(value.found)", expression.range, hint)
  }

  // MARK: - Loops

  private func loop(
    _ variable: String, _ range: SourceRange, _ over: Syntax.Expression,
    _ body: [Syntax.Statement]
  ) throws -> Flow {
    try checkAssignable(variable, range)
    let value = try evaluate(over)
    let count: Int
    let item: (Int) -> Value
    switch value {
    case .list(let list): (count, item) = (list.count, { list[$0] })
    case .range(let numbers): (count, item) = (numbers.count, { .number(numbers[$0]) })
    case .record(let record): (count, item) = (record.count, { .string(record.keys[$0]) })
    case .string(let text):
      var rest = text[...]
      (count, item) = (text.count, { _ in .string(rest.popFirst().map(String.init) ?? "") })
    case .object(let object):
      guard let list = object.items else { fallthrough }
      (count, item) = (list.count, { list[$0] })
    default:
      let hint: String? =
        if case .number(let number) = value { "write 0..<\(number.shortText)" } else { nil }
      throw failure(
        "a loop goes over a list, range, record or text, found \(value.found)", over.range, hint)
    }
    for position in 0..<count {
      try poll()
      setVariable(variable, item(position))
      let flow = try execute(body)
      if case .breaking = flow { break }
      if case .returning = flow { return flow }
    }
    return .normal
  }

  // MARK: - Errors caught by the script

  private func trying(
    _ body: [Syntax.Statement], _ variable: String?, _ range: SourceRange?,
    _ handler: [Syntax.Statement]
  ) throws -> Flow {
    if let variable, let range { try checkAssignable(variable, range) }
    let (frame, source, depth, runs) = (frame, source, callDepth, runDepth)
    do {
      return try execute(body)
    } catch let diagnostic as Diagnostic {
      // The program goes on, and knows what it wants of what the error has ended.
      session.trained.release()
      (self.frame, self.source, callDepth, runDepth) = (frame, source, depth, runs)
      if let variable {
        var error = Record()
        error["message"] = .string(diagnostic.message)
        error["hint"] = diagnostic.hint.map(Value.string) ?? .nil
        error["place"] = diagnostic.location.map { .string($0.description) } ?? .nil
        setVariable(variable, .record(error))
      }
      return try execute(handler)
    }
  }

  // MARK: - Functions and parameters

  func checkFunction(_ function: Syntax.Function, _ nameRange: SourceRange?) throws {
    if let name = function.name { try checkAssignable(name, nameRange ?? function.range) }
    for parameter in function.parameters { try checkAssignable(parameter.name, parameter.range) }
  }

  /// The func with the variables it stands among: inside another func it keeps a copy.
  func makeFunction(_ function: Syntax.Function) -> FunctionValue {
    FunctionValue(.script(function, source, captured: frame?.locals ?? [:]))
  }

  private func declare(_ parameter: Syntax.Parameter) throws {
    try checkAssignable(parameter.name, parameter.nameRange)
    var value = try evaluate(parameter.value)
    if let text = session.parameters[parameter.name] {
      value = try locating(parameter.nameRange) {
        try ParameterText.value(text, named: parameter.name, like: value)
      }
    }
    setVariable(parameter.name, value)
    session.noteParameter(parameter.name, value, parameter.summary)
  }
}
