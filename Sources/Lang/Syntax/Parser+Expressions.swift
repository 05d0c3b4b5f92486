extension Parser {
  typealias Expression = Syntax.Expression

  /// An expression, ternary included.
  mutating func expression() throws -> Expression {
    try enter(current.range)
    defer { depth -= 1 }
    let condition = try binary(minimum: 1)
    guard isSymbol(.question) else { return condition }
    advance()
    skipNewlines()
    let then = try expression()
    continueOnNextLine(if: .colon)
    guard takeSymbol(.colon) else {
      throw failure(
        "':' is missing after '?'", current.range, "write condition ? yes : no",
        isIncomplete: current.kind == .end)
    }
    skipNewlines()
    let otherwise = try expression()
    return try make(
      .conditional(condition, then: then, else: otherwise),
      condition.range.through(otherwise.range), over: [condition, then, otherwise])
  }

  private mutating func continueOnNextLine(if symbol: Symbol) {
    var ahead = index
    while tokens[ahead].kind == .newline { ahead += 1 }
    if tokens[ahead].kind == .symbol(symbol) { index = ahead }
  }

  // MARK: - Operators

  private enum Operator {
    case binary(Syntax.BinaryOperator)
    case and, or
    case range(closed: Bool)
    case notIn
  }

  /// The operator at hand with its precedence; a higher one binds tighter.
  private func operatorAtHand() -> (Operator, precedence: Int)? {
    switch current.kind {
    case .keyword(.or): return (.or, 1)
    case .keyword(.and): return (.and, 2)
    case .keyword(.in): return (.binary(.in), 4)
    case .keyword(.not) where next.kind == .keyword(.in): return (.notIn, 4)
    case .symbol(let symbol):
      switch symbol {
      case .ellipsis: return (.range(closed: true), 5)
      case .halfOpen: return (.range(closed: false), 5)
      case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
        return Syntax.BinaryOperator(rawValue: symbol.rawValue).map { (.binary($0), 4) }
      case .plus, .minus:
        return Syntax.BinaryOperator(rawValue: symbol.rawValue).map { (.binary($0), 6) }
      case .times, .divide, .remainder:
        return Syntax.BinaryOperator(rawValue: symbol.rawValue).map { (.binary($0), 7) }
      default: return nil
      }
    default: return nil
    }
  }

  /// Precedence climbing over the left-associative operators; `not` sits at level 3.
  private mutating func binary(minimum: Int) throws -> Expression {
    var left = try minimum <= 3 && isKeyword(.not) ? negation() : unary()
    var lastComparison: SourceRange?
    while let (sign, precedence) = operatorAtHand(), precedence >= minimum {
      let range = current.range
      if precedence == 4 {
        if lastComparison != nil { throw chainedComparison(range) }
        lastComparison = range
      } else if precedence < 4 {
        lastComparison = nil
      }
      if case .notIn = sign { advance() }
      advance()
      skipNewlines()
      try requireOperand(after: range)
      try enter(range)
      let right = try binary(minimum: precedence + 1)
      depth -= 1
      left = try join(left, sign, right)
    }
    return left
  }

  private func join(_ left: Expression, _ sign: Operator, _ right: Expression) throws -> Expression
  {
    let range = left.range.through(right.range)
    let kind: Expression.Kind
    switch sign {
    case .and: kind = .and(left, right)
    case .or: kind = .or(left, right)
    case .range(let closed):
      if case .range = left.kind { throw failure("a range has two ends", right.range) }
      kind = .range(left, right, closed: closed)
    case .binary(let binary): kind = .binary(binary, left, right)
    case .notIn:
      kind = .unary(.not, try make(.binary(.in, left, right), range, over: [left, right]))
    }
    return try make(kind, range, over: [left, right])
  }

  private mutating func negation() throws -> Expression {
    let range = current.range
    advance()
    skipNewlines()
    try requireOperand(after: range)
    try enter(range)
    defer { depth -= 1 }
    let operand = try binary(minimum: 3)
    return try make(.unary(.not, operand), range.through(operand.range), over: [operand])
  }

  private mutating func unary() throws -> Expression {
    let range = current.range
    let sign: Syntax.UnaryOperator
    switch current.kind {
    case .symbol(.minus): sign = .minus
    case .symbol(.plus): sign = .plus
    case .keyword(.not): return try negation()
    default: return try power()
    }
    advance()
    skipNewlines()
    try requireOperand(after: range)
    try enter(range)
    defer { depth -= 1 }
    let operand = try unary()
    return try make(.unary(sign, operand), range.through(operand.range), over: [operand])
  }

  /// `a ** b`, which binds tighter than a sign on its left and groups to the right.
  private mutating func power() throws -> Expression {
    let base = try postfix()
    guard isSymbol(.power) else { return base }
    let range = current.range
    advance()
    skipNewlines()
    try requireOperand(after: range)
    try enter(range)
    defer { depth -= 1 }
    let exponent = try unary()
    return try make(
      .binary(.power, base, exponent), base.range.through(exponent.range), over: [base, exponent])
  }

  private func requireOperand(after range: SourceRange) throws {
    let isClosing: Bool
    switch current.kind {
    case .symbol(.rightParenthesis), .symbol(.rightBracket): isClosing = true
    default: isClosing = endsStatement(current)
    }
    guard isClosing else { return }
    throw failure(
      "a value is missing after '\(source.text(in: range))'", range,
      isIncomplete: current.kind == .end)
  }

  // MARK: - Members, indices, calls

  private mutating func postfix() throws -> Expression {
    var result = try primary()
    while case .symbol(let symbol) = current.kind {
      switch symbol {
      case .dot:
        // A point after a blank would hide a missing operand.
        advance()
        result = try member(of: result)
      case .leftParenthesis where !current.spaceBefore:
        result = try call(result)
      case .leftBracket where !current.spaceBefore:
        result = try index(of: result)
      default:
        return result
      }
    }
    return result
  }

  private mutating func member(of base: Expression) throws -> Expression {
    let range = current.range
    let name: String
    switch current.kind {
    case .name(let text): name = text
    case .keyword(let keyword): name = keyword.rawValue
    default:
      throw failure(
        "a name is missing after '.'", range, isIncomplete: current.kind == .end)
    }
    advance()
    return try make(
      .member(base, name, nameRange: range), base.range.through(range), over: [base])
  }

  private mutating func index(of base: Expression) throws -> Expression {
    let opening = current.range
    openBrackets += 1
    advance()
    if isSymbol(.rightBracket) {
      throw failure("an index is missing", opening.through(current.range), "write x[0]")
    }
    let key = try expression()
    if isSymbol(.colon) { throw colonRange(current.range) }
    if isSymbol(.comma) {
      throw failure("one index at a time", current.range, "write x[0][1]")
    }
    let closing = try close(.rightBracket, opening)
    return try make(.index(base, key), base.range.through(closing), over: [base, key])
  }

  /// Takes the closing bracket; its range.
  mutating func close(_ symbol: Symbol, _ opening: SourceRange) throws -> SourceRange {
    guard isSymbol(symbol) else {
      throw unexpectedInside(source.text(in: opening), opening, closing: symbol)
    }
    let range = current.range
    openBrackets -= 1
    advance()
    return range
  }
}
