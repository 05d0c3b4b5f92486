import ASTKit

extension Interpreter {
  func evaluate(_ call: Syntax.Call, _ range: SourceRange) throws -> Value {
    // A method: the value before the point is its first argument.
    if case .member(let base, let name, let nameRange) = call.callee.kind {
      let receiver = try evaluate(base)
      return try callMethod(name, of: receiver, call, nameRange, range)
    }
    if case .name(let name) = call.callee.kind, lookUp(name) == nil {
      throw unknownFunction(name, call)
    }
    let callee = try evaluate(call.callee)
    guard case .function(let function) = callee else { throw notCallable(callee, call, range) }
    return try self.call(function, try arguments(call, for: function), range)
  }

  private func callMethod(
    _ name: String, of receiver: Value, _ call: Syntax.Call, _ nameRange: SourceRange,
    _ range: SourceRange
  ) throws -> Value {
    if case .record(let record) = receiver, let value = record[name] {
      guard case .function(let function) = value else { throw notCallable(value, call, range) }
      return try self.call(function, try arguments(call, for: function), range)
    }
    if let member = Members.find(name, of: receiver) {
      if member.isProperty {
        throw failure(
          "'\(name)' takes no parentheses", nameRange, "write .\(name)")
      }
      let function = FunctionValue(.method(member.command, receiver: receiver))
      return try self.call(function, try arguments(call, for: function), range)
    }
    let value = try member(of: receiver, name, nameRange)
    guard case .function(let function) = value else { throw notCallable(value, call, range) }
    return try self.call(function, try arguments(call, for: function), range)
  }

  // MARK: - Arguments

  private func arguments(_ call: Syntax.Call, for function: FunctionValue) throws -> CallArguments {
    var command: Command?
    var offset = 0
    switch function.kind {
    case .script: break
    case .command(let value): command = value
    case .method(let value, _): (command, offset) = (value, 1)
    }
    if call.hasWord, !acceptsWord(call, command) { throw twoReadings(call) }
    var arguments = CallArguments()
    for (position, argument) in call.arguments.enumerated() {
      let description =
        argument.name.map { name in
          command?.arguments.first { $0.name == name }
        } ?? command?.argument(at: position + offset)
      let value: Value
      if case .name(let name) = argument.value.kind, description?.kind == .name {
        value = .string(name)
      } else {
        value = try evaluate(argument.value)
      }
      let passed = CallArguments.Passed(
        value: value, range: argument.value.range, nameRange: argument.nameRange)
      if let name = argument.name {
        arguments.named.append((name, passed))
      } else {
        arguments.positional.append(passed)
      }
    }
    return arguments
  }

  /// Whether a command takes a bare word as its first argument, as `write csv table` does.
  private func acceptsWord(_ call: Syntax.Call, _ command: Command?) -> Bool {
    guard let argument = command?.arguments.first else { return false }
    return argument.kind == .name || !argument.allowed.isEmpty
  }

  // MARK: - Calling

  /// Calls a function with evaluated arguments; `range` is where errors of the whole call point.
  func call(
    _ function: FunctionValue, _ arguments: CallArguments, _ range: SourceRange
  ) throws -> Value {
    switch function.kind {
    case .script(let script, let home, let captured):
      return try call(script, home, captured, function, arguments, range)
    case .command(let command):
      return try run(command, arguments, receivers: 0, range)
    case .method(let command, let receiver):
      var all = arguments
      all.positional.insert(CallArguments.Passed(value: receiver), at: 0)
      return try run(command, all, receivers: 1, range)
    }
  }

  private func run(
    _ command: Command, _ arguments: CallArguments, receivers: Int, _ range: SourceRange
  ) throws -> Value {
    let bound: BoundArguments
    do { bound = try command.bind(arguments, receivers: receivers) } catch {
      throw located(error, range)
    }
    try enterCall(range, command.name)
    let outer = (currentCall, source, frame)
    currentCall = SourceLocation(source, range)
    defer {
      leaveCall()
      (currentCall, source, frame) = outer
    }
    do {
      return try checkDepth(try command.body(session, bound), range)
    } catch {
      (source, frame) = (outer.1, outer.2)
      let blamed = (error as? any ArgumentBlame)?.argumentName.flatMap(bound.range(of:))
      throw located(error, blamed ?? range)
    }
  }

  private func call(
    _ script: Syntax.Function, _ home: Source, _ captured: [String: Value],
    _ function: FunctionValue, _ arguments: CallArguments, _ range: SourceRange
  ) throws -> Value {
    try enterCall(range, function.name)
    defer { leaveCall() }
    let locals = Frame(captured)
    if let name = script.name, !captured.isEmpty { locals.locals[name] = .function(function) }
    do { try bind(script, home, arguments, locals, function) } catch {
      throw located(error, range)
    }
    let outer = (frame, source)
    frame = locals
    source = home
    defer { (frame, source) = outer }
    do {
      if case .returning(let value) = try execute(script.body) { return value }
      return .nil
    } catch var diagnostic as Diagnostic {
      (frame, source) = outer
      addTrace(&diagnostic, function.name, range)
      throw diagnostic
    }
  }

  private func bind(
    _ script: Syntax.Function, _ home: Source, _ arguments: CallArguments, _ locals: Frame,
    _ function: FunctionValue
  ) throws {
    let names = script.parameters.map(\.name)
    if arguments.positional.count > names.count {
      let extra = arguments.positional[names.count]
      throw ArgumentFailure(
        message: "'\(function.name)' takes \(names.count) value\(names.count == 1 ? "" : "s")",
        hint: "usage: \(function.signature)", range: extra.range)
    }
    var given: [String: Value] = [:]
    for (name, passed) in zip(names, arguments.positional) { given[name] = passed.value }
    for (name, passed) in arguments.named {
      guard names.contains(name) else {
        throw ArgumentFailure(
          message: "'\(function.name)' has no argument '\(name)'",
          hint: didYouMean(name, names) ?? "usage: \(function.signature)", range: passed.nameRange)
      }
      guard given[name] == nil else {
        throw ArgumentFailure(
          message: "'\(name)' of '\(function.name)' is given twice",
          hint: "once by its place and once by name", range: passed.nameRange)
      }
      given[name] = passed.value
    }
    let outer = (frame, source)
    for parameter in script.parameters {
      if let value = given[parameter.name] {
        locals.locals[parameter.name] = value
      } else if let expression = parameter.defaultValue {
        // Defaults are computed at the call, among the arguments before them.
        (frame, source) = (locals, home)
        defer { (frame, source) = outer }
        locals.locals[parameter.name] = try evaluate(expression)
      } else {
        throw ArgumentFailure(
          message: "'\(function.name)' needs '\(parameter.name)'",
          hint: "usage: \(function.signature)")
      }
    }
  }

  /// Notes who called, for the first few calls of a chain.
  private func addTrace(_ diagnostic: inout Diagnostic, _ name: String, _ range: SourceRange) {
    guard callDepth >= 0, diagnostic.notes.count < 6 else {
      if diagnostic.notes.count == 6 { diagnostic.notes.append("… and the calls before") }
      return
    }
    diagnostic.notes.append(
      "in '\(name)', called from \(SourceLocation(source, range).description)")
  }

  // MARK: - Errors

  private func unknownFunction(_ name: String, _ call: Syntax.Call) -> Diagnostic {
    let hint = Habits.functions[name] ?? didYouMean(name, knownNames)
    return failure(
      call.isBare
        ? "there is no command '\(name)'" : "there is no command or func '\(name)'",
      call.callee.range, hint)
  }

  private func notCallable(_ callee: Value, _ call: Syntax.Call, _ range: SourceRange) -> Diagnostic
  {
    let name = source.text(in: call.callee.range)
    let message = "'\(name)' is \(callee.typeDescription) and cannot be called"
    guard call.isBare, let first = call.arguments.first, call.arguments.count == 1 else {
      return failure(message, call.callee.range)
    }
    let text = source.text(in: first.value.range)
    if let sign = text.first, sign == "-" || sign == "+" {
      return failure(
        message, range,
        "'\(name) \(text)' is the call \(name)(\(text)); write '\(name) \(sign) "
          + "\(text.dropFirst())' to compute")
    }
    if text.hasPrefix("[") {
      return failure(
        message, range, "'\(name) \(text)' is the call \(name)(\(text)); an index is \(name)\(text)"
      )
    }
    return failure(message, call.callee.range)
  }

  private func twoReadings(_ call: Syntax.Call) -> Diagnostic {
    let texts = call.arguments.map { source.text(in: $0.value.range) }
    let name = source.text(in: call.callee.range)
    let word = texts[0]
    let rest = texts.dropFirst().joined(separator: ", ")
    if texts.count == 2, rest.hasPrefix("[") || rest.hasPrefix("(") {
      let what = rest.hasPrefix("[") ? "an index" : "a call"
      return failure(
        "'\(name) \(word) \(rest)' can be read in two ways", call.arguments[0].value.range,
        "write \(word)\(rest) for \(what), or \(word), \(rest) for two arguments")
    }
    return failure(
      "'\(name) \(word) \(texts.count > 1 ? texts[1] : "")' can be read in two ways",
      call.arguments[0].value.range,
      "write \(name) \(word)(\(rest)) for a call inside, or \(name) \(word), \(rest)")
  }
}

extension Command {
  /// The declaration that a value at `position` belongs to.
  func argument(at position: Int) -> ArgumentDescription? {
    if position < arguments.count { return arguments[position] }
    return arguments.first(where: \.isVariadic)
  }
}
