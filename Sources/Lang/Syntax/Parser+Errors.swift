/// What the parser says about text that it cannot read.
extension Parser {
  func notClosed(_ bracket: String, _ opening: SourceRange) -> Diagnostic {
    let line = source.line(at: current.range.start)
    let place = current.kind == .cell ? " before the cell of line \(line)" : ""
    return failure(
      "this '\(bracket)' is not closed\(place)", opening, isIncomplete: current.kind == .end)
  }

  func missingBlock(_ what: String) -> Diagnostic {
    if current.kind == .end {
      return failure(
        "'\(what)' needs a block in { }", current.range, isIncomplete: true)
    }
    if isSymbol(.colon) {
      if what == "for", isBlockAhead { return colonRange(current.range) }
      return failure("a block stands in { }", current.range, "write '{' in place of ':'")
    }
    if current.kind == .newline {
      var ahead = index
      while tokens[ahead].kind == .newline { ahead += 1 }
      if tokens[ahead].kind == .symbol(.leftBrace) {
        return failure(
          "'{' stands on a line of its own", tokens[ahead].range, "write it behind '\(what) …'")
      }
    }
    if case .name(let word) = current.kind, word == "do" || word == "then" {
      return failure("a block stands in { }", current.range, "write '{' in place of '\(word)'")
    }
    if what == "catch", isSymbol(.leftParenthesis) {
      return failure("'catch' has no parentheses", current.range, "write catch e { … }")
    }
    let isWord: Bool
    switch current.kind {
    case .name, .keyword: isWord = true
    default: isWord = false
    }
    let hint =
      isWord
      ? "write '{' before it and '}' behind"
      : startsValue(at: index) ? "a call is written f(x) here" : "write \(what) … { … }"
    return failure(
      "'\(what)' needs a block in { }", markable(current.range), hint)
  }

  /// Whether a `{` follows on this line, as it does in `for i in 0:11 {`.
  private var isBlockAhead: Bool {
    tokens[index...].prefix { $0.kind != .newline && $0.kind != .end }
      .contains { $0.kind == .symbol(.leftBrace) }
  }

  func unexpectedInside(
    _ bracket: String, _ opening: SourceRange, closing: Symbol
  ) -> Diagnostic {
    switch current.kind {
    case .end, .cell: return notClosed(bracket, opening)
    case .symbol(.assign):
      return failure(
        "'=' has no meaning inside '\(bracket) \(closing.rawValue)'", current.range,
        "a name is followed by ':', a comparison is '=='")
    case .symbol(.semicolon), .symbol(.rightBrace), .symbol(.rightParenthesis),
      .symbol(.rightBracket):
      return failure("'\(closing.rawValue)' is missing before this", current.range)
    default:
      let hint = startsValue(at: index) ? "is a ',' missing?" : nil
      return failure(
        "'\(words(current))' is not expected here", current.range,
        Habits.continuations[words(current)] ?? hint)
    }
  }

  func unexpectedStart(_ token: Token) -> Diagnostic {
    switch token.kind {
    case .end:
      return failure("a value is missing here", token.range, isIncomplete: true)
    case .newline, .cell, .symbol(.semicolon):
      return failure("a value is missing here", markable(token.range))
    case .symbol(.remainder) where isStatementStart:
      return failure("'%' does not start a comment", token.range, "a comment starts with '#'")
    case .symbol(.rightBrace):
      return failure("this '}' closes nothing", token.range)
    case .symbol(.rightParenthesis), .symbol(.rightBracket):
      return failure("this '\(words(token))' closes nothing", token.range)
    case .symbol(.leftBrace):
      return failure(
        "'{' opens a block only after if, for, while, func, try", token.range,
        "a record is written [name: value]")
    case .keyword(let keyword):
      return failure(
        "'\(keyword.rawValue)' is a word of the language and no value", token.range,
        keyword == .if ? "as a value, write condition ? yes : no" : nil)
    default:
      return failure("a value is expected, found '\(words(token))'", token.range)
    }
  }

  /// What stands behind a complete statement on the same line.
  func unexpectedAfterStatement(_ statement: Syntax.Statement) -> Diagnostic {
    let range = markable(current.range)
    let found = words(current)
    switch current.kind {
    case .symbol(.comma):
      if case .expression(let expression) = statement.kind {
        return unexpectedComma(after: expression)
      }
      return failure("',' is not expected here", range)
    case .symbol(.colon):
      if case .number = previous.kind { return colonRange(range) }
      if case .expression(let expression) = statement.kind, case .name(let name) = expression.kind {
        return failure("':' is not expected here", range, "write \(name) = value")
      }
      return failure("':' is not expected here", range, "a block stands in { }")
    case .symbol(.leftBrace):
      return failure("'{' is not expected here", range)
    case .symbol(.rightParenthesis), .symbol(.rightBracket):
      return failure("this '\(found)' closes nothing", range)
    default: break
    }
    if let hint = Habits.continuations[found] {
      return failure("'\(found)' is not expected here", range, hint)
    }
    if startsValue(at: index), let before = textOfLastValue(statement) {
      return failure(
        "'\(before) \(found)' can be read in more than one way", range,
        readings(before, found, statement))
    }
    return failure("'\(found)' is not expected here", range, "one statement a line, or ';' between")
  }

  private func unexpectedComma(after expression: Expression) -> Diagnostic {
    let range = current.range
    switch expression.kind {
    case .call(let call) where !call.isBare:
      let name = source.text(in: call.callee.range)
      let inner = call.arguments.map { source.text(in: $0.value.range) }.joined(separator: ", ")
      return failure(
        "'\(name)(\(inner)),' can be read in two ways", range,
        "write \(name)(\(inner), …) or \(name) (\(inner)), …")
    case .name(let name):
      return failure("',' is not expected here", range, "one assignment a line: \(name) = value")
    case .literal(.number):
      return failure(
        "',' is not expected here", range, "a list is written [1, 2], a large number 1_000")
    default:
      return failure("',' is not expected here", range, "a list is written [1, 2]")
    }
  }

  /// The last line of a statement so far, when it is short enough to quote.
  private func textOfLastValue(_ statement: Syntax.Statement) -> String? {
    let text: String
    switch statement.kind {
    case .expression(let value), .assignment(_, _, let value), .returning(.some(let value)):
      text = source.text(in: value.range)
    default: return nil
    }
    return text.count <= 40 && !text.contains("\n") ? text : nil
  }

  private func readings(_ before: String, _ found: String, _ statement: Syntax.Statement) -> String
  {
    if case .returning = statement.kind { return "a call is written \(before)(\(found)…) here" }
    switch current.kind {
    case .symbol(.leftParenthesis): return "a call is written \(before)(…), without the blank"
    case .symbol(.leftBracket): return "an index is written \(before)[…], without the blank"
    default: return "a call is written \(before)(\(found)), a list [\(before), \(found)]"
    }
  }

  func unexpectedInBareCall(_ name: String, _ arguments: [Syntax.CallArgument]) -> Diagnostic {
    let range = markable(current.range)
    let found = words(current)
    if isSymbol(.assign) {
      return failure(
        "'\(name) …' is a call, and nothing can be assigned to it", range,
        "an index or member stands without a blank: \(name)[0] = value")
    }
    guard startsValue(at: index), let last = arguments.last else {
      return unexpectedInside("\(name) ", range, closing: .comma)
    }
    let text = source.text(in: last.value.range)
    if case .string = previous.kind, !current.spaceBefore {
      return failure(
        "'\(found)' is not expected here", range, "a quotation mark inside a text is \\\"")
    }
    if let hint = Habits.continuations[found] ?? Habits.continuations[text] {
      return failure("'\(found)' is not expected here", range, hint)
    }
    guard text.count <= 40, isNamed(last.value) else {
      return failure("'\(found)' is not expected here", range, "is a ',' missing?")
    }
    return failure(
      "'\(text) \(found)' can be read in two ways", range,
      "write \(text)(\(found)) for a call, or \(text), \(found) for two arguments")
  }

  /// Whether an expression could be meant as the name of a call.
  private func isNamed(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .name, .member: true
    default: false
    }
  }

  func notAssignable(
    _ target: Expression, _ assigns: String, _ range: SourceRange
  ) -> Diagnostic {
    switch target.kind {
    case .literal, .list, .record, .interpolation:
      return failure("nothing can be assigned to a literal", target.range, "compare with '=='")
    case .call(let call):
      let name = source.text(in: call.callee.range)
      let hint =
        call.isBare
        ? "an index stands without a blank: \(name)[0] \(assigns) value"
        : "a func is written func \(name)(x) { return … }"
      return failure("nothing can be assigned to what a call gives", target.range, hint)
    default:
      return failure(
        "nothing can be assigned to this", target.range, "compare with '=='")
    }
  }

  func chainedComparison(_ range: SourceRange) -> Diagnostic {
    failure("comparisons do not chain", range, "write a < b and b < c")
  }

  func colonRange(_ range: SourceRange) -> Diagnostic {
    failure("':' makes no range", range, "write 0...11 (closed) or 0..<12 (half open)")
  }

  // MARK: - Habits

  /// Lines that were copied together with the prompt before them.
  func refusePrompt() throws {
    let start = current.range.start
    switch current.kind {
    case .symbol(.greater), .symbol(.ellipsis): break
    case .name where next.kind == .symbol(.greater) && !next.spaceBefore: break
    case .name("In"), .name("octave"): break
    default: return
    }
    let line = source.range(ofLine: source.line(at: start))
    guard let found = Habits.prompt(source.text(in: SourceRange(start, max(start, line.end))))
    else { return }
    throw failure(
      found.message, SourceRange(start, start + found.text.utf8.count), found.hint)
  }

  /// Statements of other languages, which open with a word that is a plain name here.
  func refuseForeignStatement() throws {
    guard case .name(let word) = current.kind, let hint = Habits.statements[word] else { return }
    let after = next.kind
    let isUse =
      after == .symbol(.assign) || after == .symbol(.dot)
      || (after == .symbol(.leftParenthesis) && !next.spaceBefore)
    let standsAlone = endsStatement(next) && !["end", "endif", "pass"].contains(word)
    if isUse || standsAlone { return }
    if ["let", "var", "const", "local"].contains(word), case .name(let name) = after {
      throw failure("'\(word)' is not needed", current.range, "write \(name) = value")
    }
    guard startsBareCall(at: index) || endsStatement(next) || isBrace(after) || isColon(after)
    else { return }
    throw failure("there is no '\(word)'", current.range, hint)
  }

  private func isBrace(_ kind: Token.Kind) -> Bool { kind == .symbol(.leftBrace) }
  private func isColon(_ kind: Token.Kind) -> Bool { kind == .symbol(.colon) }

  /// `f"…"` and `r'…'` of Python.
  func refuseStringPrefix(_ name: Token) throws {
    guard case .string = current.kind, !current.spaceBefore else { return }
    throw failure(
      "a string has no prefix", name.range, "write \"a \\(x)\", or 'no escapes'")
  }

  private var isStatementStart: Bool { index == 0 || endsStatement(tokens[index - 1]) }

  /// A word as written, or what stands for it.
  func words(_ token: Token) -> String {
    switch token.kind {
    case .newline: "end of line"
    case .end: "end of text"
    case .cell: "#%%"
    default: String(source.text(in: token.range).prefix(30))
    }
  }

  /// A range that has something to mark: the end of a line has not.
  private func markable(_ range: SourceRange) -> SourceRange {
    SourceRange(range.start, max(range.start, range.end))
  }
}
