extension Parser {
  /// A literal, a name, or something in brackets.
  mutating func primary() throws -> Expression {
    let token = current
    switch token.kind {
    case .number(let value):
      advance()
      return try make(.literal(.number(value)), token.range, over: [])
    case .quantity(let value, let unit):
      advance()
      return try make(.literal(.quantity(Quantity(value, unit))), token.range, over: [])
    case .string(let pieces):
      advance()
      return try string(pieces, token.range)
    case .name(let name):
      if let here = Habits.constants[name], next.kind != .symbol(.colon) {
        throw failure("there is no '\(name)'", token.range, "write '\(here)'")
      }
      advance()
      try refuseStringPrefix(token)
      return try make(.name(name), token.range, over: [])
    case .keyword(.true), .keyword(.false):
      advance()
      return try make(.literal(.bool(token.kind == .keyword(.true))), token.range, over: [])
    case .keyword(.nil):
      advance()
      return try make(.literal(.nil), token.range, over: [])
    case .keyword(.func):
      let function = try function()
      return try make(.function(function), function.range, over: [])
    case .symbol(.leftParenthesis): return try parenthesised()
    case .symbol(.leftBracket): return try listOrRecord()
    default: throw unexpectedStart(token)
    }
  }

  private mutating func string(_ pieces: [StringPiece], _ range: SourceRange) throws -> Expression {
    if pieces.isEmpty { return try make(.literal(.string("")), range, over: []) }
    if pieces.count == 1, case .text(let text) = pieces[0] {
      return try make(.literal(.string(text)), range, over: [])
    }
    var parts: [Syntax.Piece] = []
    var children: [Expression] = []
    for piece in pieces {
      switch piece {
      case .text(let text): parts.append(.text(text))
      case .code(let tokens):
        var inner = Parser(source, tokens: tokens)
        inner.depth = depth
        inner.functionDepth = functionDepth
        let value = try inner.wholeExpression()
        parts.append(.value(value))
        children.append(value)
      }
    }
    return try make(.interpolation(parts), range, over: children)
  }

  /// One expression that takes up all of the tokens, as inside `\( )`.
  private mutating func wholeExpression() throws -> Expression {
    if current.kind == .end {
      throw failure("a value is missing in '\\( )'", current.range, "write \"\\(x)\"")
    }
    try enter(current.range)
    defer { depth -= 1 }
    let value = try expression()
    guard current.kind == .end else {
      throw failure(
        "'\(source.text(in: current.range))' is not expected inside '\\( )'", current.range,
        startsValue(at: index) ? "a call is written f(x) here" : nil)
    }
    return value
  }

  private mutating func parenthesised() throws -> Expression {
    let opening = current.range
    openBrackets += 1
    advance()
    if isSymbol(.rightParenthesis) {
      throw failure("a value is missing in '( )'", opening.through(current.range))
    }
    let value = try expression()
    if isSymbol(.comma) {
      throw failure("'( )' holds one value", current.range, "a list is written [1, 2]")
    }
    if isSymbol(.assign) {
      throw failure("'=' assigns, it does not compare", current.range, "write '=='")
    }
    let closing = try close(.rightParenthesis, opening)
    return Syntax.Expression(
      kind: value.kind, range: opening.through(closing), depth: value.depth)
  }

  // MARK: - Lists and records

  private mutating func listOrRecord() throws -> Expression {
    let opening = current.range
    openBrackets += 1
    advance()
    if isSymbol(.rightBracket) {
      return try make(.list([]), opening.through(try close(.rightBracket, opening)), over: [])
    }
    if isSymbol(.colon) {
      advance()
      return try make(.record([]), opening.through(try close(.rightBracket, opening)), over: [])
    }
    return try recordKey() != nil ? record(opening) : list(opening)
  }

  private mutating func list(_ opening: SourceRange) throws -> Expression {
    var items: [Expression] = []
    while !isSymbol(.rightBracket) {
      items.append(try expression())
      if isSymbol(.colon) { throw colonRange(current.range) }
      if case .keyword(.for) = current.kind {
        throw failure(
          "there are no list comprehensions", current.range, "write (0..<n).map(f)")
      }
      guard takeSymbol(.comma) else { break }
    }
    let closing = try close(.rightBracket, opening)
    return try make(.list(items), opening.through(closing), over: items)
  }

  private mutating func record(_ opening: SourceRange) throws -> Expression {
    var entries: [Syntax.Entry] = []
    var seen: Set<String> = []
    while !isSymbol(.rightBracket) {
      let range = current.range
      guard let key = try recordKey() else {
        if current.kind == .end || current.kind == .cell {
          throw unexpectedInside("[", opening, closing: .rightBracket)
        }
        throw failure(
          "each value of a record has a name", range, "write [rate: 96, kernel: 31]")
      }
      guard seen.insert(key).inserted else {
        throw failure("'\(key)' stands in this record already", range)
      }
      advance()
      advance()
      let value = try expression()
      entries.append(Syntax.Entry(key: key, keyRange: range, value: value))
      guard takeSymbol(.comma) else { break }
    }
    let closing = try close(.rightBracket, opening)
    return try make(.record(entries), opening.through(closing), over: entries.map(\.value))
  }

  /// The key at hand if a `:` follows it: a name or a text.
  private func recordKey() throws -> String? {
    var ahead = index + 1
    while ahead < tokens.count, tokens[ahead].kind == .newline { ahead += 1 }
    guard ahead < tokens.count, tokens[ahead].kind == .symbol(.colon) else { return nil }
    switch current.kind {
    case .name(let name): return name
    case .keyword(let keyword): return keyword.rawValue
    case .string(let pieces):
      guard pieces.count <= 1 else { return nil }
      if case .text(let text) = pieces.first ?? .text("") { return text }
      return nil
    default: return nil
    }
  }

  // MARK: - Functions

  /// `func name(a, b: 1) { … }`, whose name may be missing.
  mutating func function() throws -> Syntax.Function {
    let start = current.range
    advance()
    var name: String?
    if case .name(let text) = current.kind {
      name = text
      advance()
    }
    guard isSymbol(.leftParenthesis) else {
      throw failure(
        "'func' needs its parameters in parentheses", current.range,
        "write func \(name ?? "f")(x, y: 1) { … }", isIncomplete: current.kind == .end)
    }
    let parameters = try parameters()
    let (outerLoops, outerBrackets) = (loopDepth, openBrackets)
    loopDepth = 0
    functionDepth += 1
    defer {
      loopDepth = outerLoops
      functionDepth -= 1
      openBrackets = outerBrackets
    }
    let body = try block("func")
    return Syntax.Function(
      name: name, parameters: parameters, body: body,
      range: start.through(tokens[max(index - 1, 0)].range))
  }

  private mutating func parameters() throws -> [Syntax.FunctionParameter] {
    let opening = current.range
    openBrackets += 1
    advance()
    var parameters: [Syntax.FunctionParameter] = []
    while !isSymbol(.rightParenthesis) {
      let range = current.range
      guard case .name(let name) = current.kind else {
        throw unexpectedInside("(", opening, closing: .rightParenthesis)
      }
      guard !parameters.contains(where: { $0.name == name }) else {
        throw failure("'\(name)' is a parameter already", range)
      }
      advance()
      var value: Expression?
      if isSymbol(.assign) {
        throw failure("a default stands after ':'", current.range, "write \(name): value")
      }
      if takeSymbol(.colon) { value = try expression() }
      if value == nil, let last = parameters.last, last.defaultValue != nil {
        throw failure(
          "'\(name)' needs a default, as '\(last.name)' before it has one", range,
          "write \(name): value, or move it to the front")
      }
      parameters.append(Syntax.FunctionParameter(name: name, range: range, defaultValue: value))
      guard takeSymbol(.comma) else { break }
    }
    _ = try close(.rightParenthesis, opening)
    return parameters
  }
}
