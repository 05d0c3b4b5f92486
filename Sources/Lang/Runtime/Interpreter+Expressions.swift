import ASTKit

extension Interpreter {
  func evaluate(_ expression: Syntax.Expression) throws -> Value {
    switch expression.kind {
    case .literal(let value): return value
    case .name(let name): return try value(of: name, expression.range)
    case .binary(let operation, let left, let right):
      return try binary(operation, left, right, expression.range)
    case .call(let call): return try evaluate(call, expression.range)
    case .member(let base, let name, let range):
      return try member(of: try evaluate(base), name, range)
    case .index(let base, let key): return try index(base, key)
    case .and(let left, let right): return .bool(try flag(left, "and") && flag(right, "and"))
    case .or(let left, let right): return .bool(try flag(left, "or") || flag(right, "or"))
    case .unary(let sign, let operand): return try unary(sign, operand)
    case .conditional(let test, let then, let otherwise):
      return try evaluate(try condition(test) ? then : otherwise)
    case .interpolation(let pieces): return try interpolation(pieces, expression.range)
    case .list(let items): return try list(items, expression.range)
    case .record(let entries): return try record(entries, expression.range)
    case .range(let lower, let upper, let closed): return try range(lower, upper, closed)
    case .function(let function):
      try checkFunction(function, nil)
      return .function(makeFunction(function))
    }
  }

  // MARK: - Names and operators

  private func value(of name: String, _ range: SourceRange) throws -> Value {
    if let value = lookUp(name) { return value }
    let hint = Habits.functions[name] ?? didYouMean(name, knownNames)
    throw failure("there is no variable or command '\(name)'", range, hint)
  }

  /// Every name that means something here.
  var knownNames: [String] {
    (frame.map { Array($0.locals.keys) } ?? []).sorted() + globals.keys.sorted() + Commands.names
      + Constants.all.map(\.name)
  }

  private func binary(
    _ operation: Syntax.BinaryOperator, _ left: Syntax.Expression, _ right: Syntax.Expression,
    _ range: SourceRange
  ) throws -> Value {
    let a = try evaluate(left)
    let b = try evaluate(right)
    if case .function(let function) = a, operation != .equal, operation != .notEqual,
      operation != .in
    {
      let sign = operation.rawValue
      let text = source.text(in: right.range)
      let isSign = sign == "-" || sign == "+"
      throw failure(
        "'\(function.name) \(sign) …' computes, but '\(function.name)' is \(a.typeDescription)",
        range, "for a call write \(function.name)\(isSign ? " \(sign)\(text)" : "(…)")")
    }
    return try locating(range) {
      try Operators.apply(operation, a, b, interrupt: session.interrupt)
    }
  }

  private func unary(
    _ sign: Syntax.UnaryOperator, _ operand: Syntax.Expression
  ) throws -> Value {
    if sign == .not { return .bool(!(try flag(operand, "not"))) }
    let value = try evaluate(operand)
    switch value {
    case .number(let number): return .number(sign == .minus ? -number : number)
    case .quantity(var quantity):
      if sign == .minus { quantity.amount.negate() }
      return .quantity(quantity)
    default:
      throw failure(
        "'\(sign.rawValue)' needs a number, found \(value.found)", operand.range)
    }
  }

  private func flag(_ expression: Syntax.Expression, _ word: String) throws -> Bool {
    let value = try evaluate(expression)
    if case .bool(let flag) = value { return flag }
    throw failure(
      "'\(word)' needs true or false, found \(value.found)", expression.range)
  }

  // MARK: - Literals with parts

  private func interpolation(_ pieces: [Syntax.Piece], _ range: SourceRange) throws -> Value {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .value(let expression):
        let value = try evaluate(expression)
        text += try locating(expression.range) { try value.text(interrupt: session.interrupt) }
      }
      guard text.utf8.count <= Limits.stringBytes else {
        throw failure(
          "this text would be longer than \(Limits.stringBytes / 1_000_000) MB", range)
      }
    }
    return .string(text)
  }

  private func list(_ items: [Syntax.Expression], _ range: SourceRange) throws -> Value {
    try checkDepth(.list(List(try items.map(evaluate))), range)
  }

  private func record(_ entries: [Syntax.Entry], _ range: SourceRange) throws -> Value {
    var record = Record()
    for entry in entries { record[entry.key] = try evaluate(entry.value) }
    return try checkDepth(.record(record), range)
  }

  /// The value, unless it is nested too deeply to be walked safely.
  @discardableResult
  func checkDepth(_ value: Value, adding levels: Int = 0, _ range: SourceRange) throws -> Value {
    guard value.depth + levels <= Limits.nesting else {
      throw failure(
        "lists and records are nested too deeply", range, "at most \(Limits.nesting) levels")
    }
    return value
  }

  private func range(
    _ lower: Syntax.Expression, _ upper: Syntax.Expression, _ closed: Bool
  ) throws -> Value {
    func end(_ expression: Syntax.Expression) throws -> Double {
      let value = try evaluate(expression)
      if case .number(let number) = value, number.isFinite { return number }
      throw failure("a range has numbers at its ends, found \(value.found)", expression.range)
    }
    return .range(NumberRange(try end(lower), try end(upper), isClosed: closed))
  }

  // MARK: - Members and indices

  func member(of value: Value, _ name: String, _ range: SourceRange) throws -> Value {
    if let found = try locating(range, { try Members.value(of: value, name, in: session) }) {
      return found
    }
    throw unknownMember(value, name, range)
  }

  func unknownMember(_ value: Value, _ name: String, _ range: SourceRange) -> any Error {
    let known = Members.names(of: value)
    if let hint = Habits.methods[name], !known.contains(name) {
      switch value {
      case .list, .string, .range:
        return failure("\(value.typeDescription) has no member '\(name)'", range, hint)
      default: break
      }
    }
    if case .record(let record) = value {
      let hint =
        didYouMean(name, record.keys)
        ?? (record.isEmpty
          ? "it is empty" : "it has \(record.keys.prefix(12).joined(separator: ", "))")
      return failure("this record has no '\(name)'", range, hint)
    }
    let type: String =
      if case .object(let object) = value { object.typeName } else { value.typeName }
    let isWord = value.isNil || type == "bool"
    let error = MemberError.unknown(type: type, name: name, known: known)
    return failure(
      isWord ? "\(value.typeDescription) has no members" : error.message, range, error.hint)
  }

  private func index(_ base: Syntax.Expression, _ key: Syntax.Expression) throws -> Value {
    let container = try evaluate(base)
    let key = (value: try evaluate(key), range: key.range)
    return try locating(key.range) { try Indexing.value(of: container, at: key.value) }
  }
}
