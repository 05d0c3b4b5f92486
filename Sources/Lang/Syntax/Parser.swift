/// Builds the tree by recursive descent, with precedence climbing for operators.
///
/// It stops at the first mistake: one clear answer is worth more than ten that follow from it.
struct Parser {
  let source: Source
  let tokens: [Token]
  var index = 0
  /// How many brackets and parentheses are open in this block: newlines mean nothing inside.
  var openBrackets = 0
  /// How deep the parser has called itself, so that 10,000 `(` are an error and not a crash.
  var depth = 0
  var loopDepth = 0
  var functionDepth = 0

  static let maximumDepth = 120
  static let maximumTreeDepth = 800

  init(_ source: Source, tokens: [Token]) {
    self.source = source
    self.tokens = tokens
  }

  /// The tree of a whole source.
  ///
  /// - Throws: `Diagnostic`; its `isIncomplete` says that more lines may mend it.
  public static func parse(_ source: Source) throws -> Syntax.Program {
    var parser = Parser(source, tokens: try Lexer.tokens(source))
    return try parser.program()
  }

  // MARK: - Program and cells

  private mutating func program() throws -> Syntax.Program {
    var statements: [Syntax.Statement] = []
    var headers: [(range: SourceRange, firstStatement: Int)] = []
    while true {
      skipSeparators()
      if current.kind == .end { break }
      if current.kind == .cell {
        headers.append((current.range, statements.count))
        advance()
        continue
      }
      try appendStatement(to: &statements)
    }
    return Syntax.Program(
      source: source, statements: statements, cells: cells(headers, statements.count))
  }

  private func cells(
    _ headers: [(range: SourceRange, firstStatement: Int)], _ count: Int
  ) -> [Syntax.Cell] {
    var cells: [Syntax.Cell] = []
    let firstStart = headers.first?.range.start ?? source.bytes.count
    if headers.isEmpty || !source.text(in: SourceRange(0, firstStart)).trimmed.isEmpty {
      cells.append(
        Syntax.Cell(
          title: "", kind: .code, attributes: [], header: SourceRange(0, 0),
          body: SourceRange(0, firstStart), statements: 0..<(headers.first?.firstStatement ?? count)
        ))
    }
    for (position, header) in headers.enumerated() {
      let next = position + 1 < headers.count ? headers[position + 1] : nil
      let parsed = CellHeader(line: source.text(in: header.range))
      let bodyEnd = next?.range.start ?? source.bytes.count
      cells.append(
        Syntax.Cell(
          title: parsed.title, kind: parsed.kind, attributes: parsed.attributes,
          header: header.range, body: SourceRange(min(header.range.end + 1, bodyEnd), bodyEnd),
          statements: header.firstStatement..<(next?.firstStatement ?? count)))
    }
    return cells
  }

  /// One statement and what separates it from the next.
  mutating func appendStatement(to statements: inout [Syntax.Statement]) throws {
    var statement = try statement()
    if takeSymbol(.semicolon) {
      statement.isQuiet = true
    } else if !endsStatement(current) {
      throw unexpectedAfterStatement(statement)
    }
    statements.append(statement)
  }

  /// `{ … }`: each line inside is a statement of its own, also inside parentheses.
  mutating func block(_ what: String) throws -> [Syntax.Statement] {
    guard isSymbol(.leftBrace) else { throw missingBlock(what) }
    let opening = current.range
    advance()
    let outerBrackets = openBrackets
    openBrackets = 0
    defer { openBrackets = outerBrackets }
    try enter(opening)
    defer { depth -= 1 }
    var statements: [Syntax.Statement] = []
    while true {
      skipSeparators()
      if takeSymbol(.rightBrace) { return statements }
      if current.kind == .end || current.kind == .cell { throw notClosed("{", opening) }
      try appendStatement(to: &statements)
    }
  }

  // MARK: - Tokens

  /// The next word; inside brackets newlines are passed over.
  var current: Token { tokens[index] }

  var next: Token { tokens[min(index + 1, tokens.count - 1)] }

  var previous: Token { tokens[max(index - 1, 0)] }

  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
    if openBrackets > 0 { skipNewlines() }
  }

  mutating func skipNewlines() {
    while tokens[index].kind == .newline { index += 1 }
  }

  mutating func skipSeparators() {
    while current.kind == .newline || isSymbol(.semicolon) { index += 1 }
  }

  func isSymbol(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isKeyword(_ keyword: Keyword) -> Bool { current.kind == .keyword(keyword) }

  mutating func takeSymbol(_ symbol: Symbol) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func takeKeyword(_ keyword: Keyword) -> Bool {
    guard isKeyword(keyword) else { return false }
    advance()
    return true
  }

  func endsStatement(_ token: Token) -> Bool {
    switch token.kind {
    case .newline, .end, .cell, .symbol(.semicolon), .symbol(.rightBrace): true
    default: false
    }
  }

  // MARK: - Limits

  /// Counts one more level of nesting; pair it with `depth -= 1`.
  mutating func enter(_ range: SourceRange) throws {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw failure(
        "this is nested too deeply", range,
        "at most \(Self.maximumDepth) levels; name the inner parts with variables")
    }
  }

  /// An expression over `children`, whose tree must not become too deep to walk.
  func make(
    _ kind: Syntax.Expression.Kind, _ range: SourceRange, over children: [Syntax.Expression]
  ) throws -> Syntax.Expression {
    let depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
    guard depth <= Self.maximumTreeDepth else {
      throw failure(
        "this expression is too long", range,
        "at most \(Self.maximumTreeDepth) steps; name the parts with variables")
    }
    return Syntax.Expression(kind: kind, range: range, depth: depth)
  }

  func failure(
    _ message: String, _ range: SourceRange, _ hint: String? = nil, isIncomplete: Bool = false
  ) -> Diagnostic {
    Diagnostic(
      message, at: SourceLocation(source, range), hint: hint, isIncomplete: isIncomplete)
  }
}
