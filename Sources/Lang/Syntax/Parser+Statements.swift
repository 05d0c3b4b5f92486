extension Parser {
  mutating func statement() throws -> Syntax.Statement {
    let start = current
    try enter(start.range)
    defer { depth -= 1 }
    try refusePrompt()
    let kind: Syntax.Statement.Kind
    switch start.kind {
    case .keyword(let keyword):
      kind = try keywordStatement(keyword)
    case .help(let text, let search):
      advance()
      kind = .help(text, search: search)
    case .name("help") where isKeyword(next):
      // The words of the language have help as commands do.
      advance()
      kind = .help(source.text(in: current.range), search: false)
      advance()
    case .name("time") where startsWord(after: index) || isCompound(next):
      advance()
      kind = .timed(try statement())
    default:
      try refuseForeignStatement()
      kind = try simpleStatement()
    }
    return Syntax.Statement(kind: kind, range: start.range.through(previousRange(from: start)))
  }

  private func isKeyword(_ token: Token) -> Bool {
    if case .keyword = token.kind { true } else { false }
  }

  private func isCompound(_ token: Token) -> Bool {
    switch token.kind {
    case .keyword(.for), .keyword(.while), .keyword(.if), .keyword(.try): true
    default: false
    }
  }

  /// The range of the last word read, newlines left out.
  private func previousRange(from start: Token) -> SourceRange {
    var last = index - 1
    while last > 0, tokens[last].kind == .newline { last -= 1 }
    return last >= 0 ? tokens[last].range : start.range
  }

  private mutating func keywordStatement(_ keyword: Keyword) throws -> Syntax.Statement.Kind {
    let range = current.range
    switch keyword {
    case .if: return try conditional()
    case .for: return try forLoop()
    case .while: return try whileLoop()
    case .try: return try trying()
    case .param: return try parameter()
    case .func:
      if case .name = next.kind { return try namedFunction() }
      return .expression(try expression())
    case .return:
      advance()
      guard functionDepth > 0 else {
        throw failure("'return' stands outside a func", range, "only a func returns a value")
      }
      if endsStatement(current) { return .returning(nil) }
      return .returning(try expression())
    case .break, .continue:
      advance()
      guard loopDepth > 0 else {
        throw failure("'\(keyword.rawValue)' stands outside a loop", range)
      }
      return keyword == .break ? .breaking : .continuing
    case .else:
      throw failure(
        "'else' has no 'if' before it", range, "write '} else {' on the line of the '}'")
    case .catch:
      throw failure(
        "'catch' has no 'try' before it", range, "write '} catch e {' on the line of the '}'")
    default:
      return try simpleStatement()
    }
  }

  private mutating func conditional() throws -> Syntax.Statement.Kind {
    var branches: [Syntax.Branch] = []
    while true {
      advance()
      let condition = try condition("if")
      branches.append(Syntax.Branch(condition: condition, body: try block("if")))
      guard takeKeywordOnNextLine(.else) else { return .conditional(branches, otherwise: nil) }
      guard isKeyword(.if) else {
        return .conditional(branches, otherwise: try block("else"))
      }
    }
  }

  /// The expression between a keyword and its `{`.
  private mutating func condition(_ what: String) throws -> Syntax.Expression {
    if isSymbol(.leftBrace) || endsStatement(current) {
      throw failure(
        "'\(what)' needs a condition", current.range, "for example: \(what) x > 1 { … }",
        isIncomplete: current.kind == .end)
    }
    let condition = try expression()
    if isSymbol(.assign) {
      throw failure("'=' assigns, it does not compare", current.range, "write '=='")
    }
    return condition
  }

  /// `else` and `catch` may open the line after the `}`.
  private mutating func takeKeywordOnNextLine(_ keyword: Keyword) -> Bool {
    var ahead = index
    while tokens[ahead].kind == .newline { ahead += 1 }
    guard tokens[ahead].kind == .keyword(keyword) else { return false }
    index = ahead
    advance()
    return true
  }

  private mutating func forLoop() throws -> Syntax.Statement.Kind {
    advance()
    let hasParenthesis = isSymbol(.leftParenthesis)
    guard case .name(let variable) = current.kind else {
      throw failure(
        hasParenthesis ? "a 'for' loop has no parentheses" : "'for' needs a variable",
        current.range, "write for x in 0..<10 { … }", isIncomplete: current.kind == .end)
    }
    let range = current.range
    advance()
    guard takeKeyword(.in) else {
      throw failure(
        "'for \(variable)' needs 'in'", current.range, "write for \(variable) in 0..<10 { … }",
        isIncomplete: current.kind == .end)
    }
    let over = try condition("for")
    return .loop(variable: variable, variableRange: range, over: over, body: try loopBody("for"))
  }

  private mutating func whileLoop() throws -> Syntax.Statement.Kind {
    advance()
    let condition = try condition("while")
    return .whileLoop(condition, body: try loopBody("while"))
  }

  private mutating func loopBody(_ what: String) throws -> [Syntax.Statement] {
    loopDepth += 1
    defer { loopDepth -= 1 }
    return try block(what)
  }

  private mutating func trying() throws -> Syntax.Statement.Kind {
    advance()
    let body = try block("try")
    guard takeKeywordOnNextLine(.catch) else {
      throw failure(
        "'try' needs a 'catch'", current.range, "write try { … } catch e { print e.message }",
        isIncomplete: current.kind == .end)
    }
    var variable: String?
    var range: SourceRange?
    if case .name(let name) = current.kind {
      variable = name
      range = current.range
      advance()
    }
    return .trying(body, variable: variable, variableRange: range, handler: try block("catch"))
  }

  private mutating func namedFunction() throws -> Syntax.Statement.Kind {
    let nameRange = next.range
    return .function(try function(), nameRange: nameRange)
  }

  private mutating func parameter() throws -> Syntax.Statement.Kind {
    let example = "write param lr = 5e-3, \"peak learning rate\""
    let start = current.range
    advance()
    guard case .name(let name) = current.kind else {
      throw failure("'param' needs a name", current.range, example)
    }
    let range = current.range
    advance()
    guard functionDepth == 0 && loopDepth == 0 && depth == 1 else {
      throw failure("'param' stands inside a block", start, "declare it at the top of the script")
    }
    guard takeSymbol(.assign) else {
      throw failure("param '\(name)' needs a value", current.range, example)
    }
    skipNewlines()
    let value = try expression()
    var summary: String?
    if takeSymbol(.comma) {
      skipNewlines()
      guard case .string(let pieces) = current.kind, pieces.count <= 1,
        case .text(let text) = pieces.first ?? .text("")
      else {
        throw failure("the second part of 'param' is a text in quotes", current.range, example)
      }
      summary = text
      advance()
    }
    return .parameter(
      Syntax.Parameter(name: name, nameRange: range, value: value, summary: summary))
  }

  /// A call without parentheses, an assignment, or an expression.
  private mutating func simpleStatement() throws -> Syntax.Statement.Kind {
    let target = try commandCallOrExpression()
    guard let (assigns, binary) = assignmentOperator() else { return .expression(target) }
    let range = current.range
    guard isTarget(target) else { throw notAssignable(target, assigns, range) }
    advance()
    skipNewlines()
    if endsStatement(current) {
      throw failure(
        "a value is missing after '\(assigns)'", current.range,
        isIncomplete: current.kind == .end)
    }
    let value = try commandCallOrExpression()
    if isSymbol(.assign) {
      throw failure(
        "one '=' to a statement", current.range, "assign in two lines, or compare with '=='")
    }
    return .assignment(target, binary, value)
  }

  private func assignmentOperator() -> (String, Syntax.BinaryOperator?)? {
    guard case .symbol(let symbol) = current.kind else { return nil }
    let binary: Syntax.BinaryOperator?
    switch symbol {
    case .assign: binary = nil
    case .plusEqual: binary = .add
    case .minusEqual: binary = .subtract
    case .timesEqual: binary = .multiply
    case .divideEqual: binary = .divide
    case .remainderEqual: binary = .remainder
    default: return nil
    }
    return (symbol.rawValue, binary)
  }

  /// Variables, and members and indices of them or of what a call gives.
  private func isTarget(_ expression: Syntax.Expression) -> Bool {
    switch expression.kind {
    case .name: return true
    case .member(let base, _, _), .index(let base, _):
      if case .call(let call) = base.kind { return !call.isBare }
      return isTarget(base)
    default: return false
    }
  }
}
