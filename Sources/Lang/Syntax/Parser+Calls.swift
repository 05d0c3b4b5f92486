extension Parser {
  /// A statement's own expression, or the one right of `=`: here a name that is followed by a
  /// blank and the start of a value is a call without parentheses.
  mutating func commandCallOrExpression() throws -> Expression {
    guard case .name(let name) = current.kind, startsBareCall(at: index) else {
      return try expression()
    }
    let callee = try make(.name(name), current.range, over: [])
    advance()
    var arguments: [Syntax.CallArgument] = []
    let word = bareWord()
    if let word {
      arguments.append(Syntax.CallArgument(name: nil, nameRange: nil, value: word))
      advance()
    }
    repeat {
      skipNewlines()
      if endsStatement(current) {
        throw failure(
          "an argument is missing after ','", previous.range, isIncomplete: current.kind == .end)
      }
      arguments.append(try argument(after: arguments, of: name))
    } while takeSymbol(.comma)
    if !endsStatement(current) { throw unexpectedInBareCall(name, arguments) }
    let call = Syntax.Call(
      callee: callee, arguments: arguments, isBare: true, hasWord: word != nil)
    let end = arguments.last?.value.range ?? callee.range
    return try make(.call(call), callee.range.through(end), over: arguments.map(\.value))
  }

  /// `write csv table`: a bare word and at once the start of a value. As an expression this
  /// would be two values side by side, so nothing else can be meant.
  private func bareWord() -> Expression? {
    guard case .name(let word) = current.kind, startsWord(after: index),
      tokens[index + 1].kind != .keyword(.not)
    else { return nil }
    return Syntax.Expression(kind: .literal(.string(word)), range: current.range, depth: 1)
  }

  /// Whether the name at `position` opens a call without parentheses.
  func startsBareCall(at position: Int) -> Bool {
    guard position + 1 < tokens.count, tokens[position + 1].spaceBefore else { return false }
    return startsValue(at: position + 1)
  }

  /// Whether a value that is no sign follows the name at `position`.
  func startsWord(after position: Int) -> Bool {
    guard startsBareCall(at: position) else { return false }
    switch tokens[position + 1].kind {
    case .symbol(.minus), .symbol(.plus): return false
    case .name, .keyword:
      // `csv table:` would be a named argument after a forgotten comma.
      return position + 2 >= tokens.count || tokens[position + 2].kind != .symbol(.colon)
    default: return true
    }
  }

  /// Whether the word at `position` can only be the start of a value. A sign is one when a
  /// blank stands before it and none after it.
  func startsValue(at position: Int) -> Bool {
    let token = tokens[position]
    switch token.kind {
    case .number, .quantity, .string, .name: return true
    case .keyword(.true), .keyword(.false), .keyword(.nil), .keyword(.func): return true
    case .keyword(.not):
      return position + 1 >= tokens.count || tokens[position + 1].kind != .keyword(.in)
    case .keyword:
      // A word such as `in` may name an argument.
      return position + 1 < tokens.count && tokens[position + 1].kind == .symbol(.colon)
    case .symbol(.leftParenthesis), .symbol(.leftBracket): return true
    case .symbol(.minus), .symbol(.plus):
      guard position + 1 < tokens.count else { return false }
      let after = tokens[position + 1]
      return !after.spaceBefore && !endsStatement(after)
    default: return false
    }
  }

  /// `f(x, name: y)`.
  mutating func call(_ callee: Expression) throws -> Expression {
    let opening = current.range
    openBrackets += 1
    advance()
    var name = "call"
    if case .name(let text) = callee.kind { name = text }
    var arguments: [Syntax.CallArgument] = []
    while !isSymbol(.rightParenthesis) {
      if current.kind == .end || current.kind == .cell {
        throw unexpectedInside("(", opening, closing: .rightParenthesis)
      }
      arguments.append(try argument(after: arguments, of: name))
      guard takeSymbol(.comma) else { break }
    }
    let closing = try close(.rightParenthesis, opening)
    let call = Syntax.Call(callee: callee, arguments: arguments, isBare: false, hasWord: false)
    return try make(
      .call(call), callee.range.through(closing), over: [callee] + arguments.map(\.value))
  }

  private mutating func argument(
    after earlier: [Syntax.CallArgument], of callee: String
  ) throws -> Syntax.CallArgument {
    let start = current
    let name: String?
    switch start.kind {
    case .name(let text): name = text
    case .keyword(let keyword): name = keyword.rawValue
    default: name = nil
    }
    if let name, next.kind == .symbol(.colon) {
      advance()
      advance()
      skipNewlines()
      if earlier.contains(where: { $0.name == name }) {
        throw failure("'\(name)' is given twice", start.range)
      }
      if endsStatement(current) {
        throw failure(
          "'\(name):' needs a value", start.range, isIncomplete: current.kind == .end)
      }
      let value = try expression()
      if isSymbol(.colon) { throw colonRange(current.range) }
      return Syntax.CallArgument(name: name, nameRange: start.range, value: value)
    }
    if let name, next.kind == .symbol(.assign) {
      let sign = next.range
      advance()
      advance()
      let value = startsValue(at: index) ? (try? expression()) : nil
      let text = value.map { source.text(in: $0.range) } ?? "value"
      throw failure(
        "an argument's name is followed by ':'", sign,
        "write \(name): \(text.count <= 30 ? text : "value")")
    }
    let value = try expression()
    if isSymbol(.colon) { throw colonRange(current.range) }
    if let named = earlier.last(where: { $0.name != nil })?.name {
      throw failure(
        "a value without a name stands after '\(named):'", value.range,
        "named arguments come last; put this one before '\(named):'")
    }
    return Syntax.CallArgument(name: nil, nameRange: nil, value: value)
  }
}
