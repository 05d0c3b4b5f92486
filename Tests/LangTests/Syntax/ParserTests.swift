import Testing

@testable import Lang

/// What the parser makes of a text, written back with all its parentheses.
@Suite struct ParserTests {
  @Test(arguments: [
    ("1 + 2 * 3", "(1 + (2 * 3))"),
    ("-2 ** 2", "(-(2 ** 2))"),
    ("2 ** -3 ** 2", "(2 ** (-(3 ** 2)))"),
    ("1 - 2 - 3", "((1 - 2) - 3)"),
    ("not a == b", "not (a == b)"),
    ("a and not b or c", "((a and not b) or c)"),
    ("a or b and c", "(a or (b and c))"),
    ("0..<n + 1", "(0..<(n + 1))"),
    ("x in 0...3", "(x in (0...3))"),
    ("x not in y", "not (x in y)"),
    ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
    ("a.b[0](1, x: 2).c", "a.b[0](1, x: 2).c"),
    ("f -1", "f((-1))"),
    ("f - 1", "(f - 1)"),
    ("f-1", "(f - 1)"),
    ("f [0]", "f([0])"),
    ("f[0]", "f[0]"),
    ("f (a), b", "f(a, b)"),
    ("f(a)", "f(a)"),
    ("f (a) + 1", "f((a + 1))"),
    ("f x: 1, y: [a: 2]", "f(x: 1, y: [a: 2])"),
    ("f a ? b : c", "f((a ? b : c))"),
    ("f ? x : y", "(f ? x : y)"),
    ("f not x", "f(not x)"),
    ("f \"a\", 'b'", "f(\"a\", \"b\")"),
    ("write csv t, \"x\"", "write(\"csv\", t, \"x\")"),
    ("f a,\n  b", "f(a, b)"),
    ("(1 +\n 2)", "(1 + 2)"),
    ("1 +\n 2", "(1 + 2)"),
    ("[1,\n 2\n]", "[1, 2]"),
    ("[:]", "[:]"),
    ("[\"a b\": 1, in: 2]", "[a b: 1, in: 2]"),
  ])
  func grouping(_ text: String, _ expected: String) throws {
    let program = try Parser.parse(Source(name: "t", text: text))
    let statement = try #require(program.statements.first)
    #expect(program.statements.count == 1)
    guard case .expression(let expression) = statement.kind else {
      Issue.record("no expression")
      return
    }
    #expect(written(expression) == expected)
  }

  @Test func assignmentTakesACallWithoutParentheses() throws {
    let program = try Parser.parse(Source(name: "t", text: "net = model \"x\", frames: 5"))
    guard case .assignment(_, nil, let value)? = program.statements.first?.kind else {
      Issue.record("no assignment")
      return
    }
    #expect(written(value) == "model(\"x\", frames: 5)")
  }

  @Test func semicolonsMakeStatementsQuiet() throws {
    let program = try Parser.parse(Source(name: "t", text: "a; b\nc;"))
    #expect(program.statements.map(\.isQuiet) == [true, false, true])
  }

  @Test(arguments: [
    "if x {", "f(1,", "[1, 2", "1 +", "f a,", "func f(a", "func f(a) {\n  x = 1", "try { x }",
    "x =", "a and", "if x { } else", "while true {", "x ? 1 :", "for i in", "r = [a: 1,",
    "f(\n", "a.",
  ])
  func incomplete(_ text: String) {
    #expect(Session(output: TextSink(), isInteractive: true).isIncomplete(text))
  }

  @Test(arguments: [
    "", "x", "f(1)", "\"abc", "}", "1 +* 2", "if x { }", "x = )", "func f() { }", "f \"\\(x\"",
    "a b c",
  ])
  func complete(_ text: String) {
    #expect(!Session(output: TextSink(), isInteractive: true).isIncomplete(text))
  }

  /// What stands before, what is repeated 10,000 times, what stands behind.
  @Test(arguments: [
    ("", "(", ""), ("", "[", ""), ("", "- ", "1"), ("", "not ", "true"), ("x = 1", " + 1", ""),
    ("x = 2", " ** 2", ""), ("x", "[0]", ""), ("x", ".a", ""), ("", "if true { ", ""),
    ("", "f(", ""), ("", "true ? ", ""), ("", "func() { ", ""), ("", "\"\\(", ""),
    ("", "[a: ", ""), ("", "time ", "x"),
  ])
  func deepNestingIsAnErrorAndNoCrash(_ before: String, _ part: String, _ after: String) {
    let text = before + String(repeating: part, count: 10_000) + after
    #expect(throws: Diagnostic.self) { try Parser.parse(Source(name: "t", text: text)) }
  }

  @Test func longFlatProgramsAreFine() throws {
    let list = "x = [" + String(repeating: "1, ", count: 20_000) + "]"
    let branches = "if x { }" + String(repeating: " else if x { }", count: 2000)
    for text in [list, branches, String(repeating: "x = 1\n", count: 20_000)] {
      _ = try Parser.parse(Source(name: "t", text: text))
    }
  }

  @Test func cells() throws {
    let text = """
      a = 1
      #%% Letters [markdown] name="intro" tags="a b" odd=1
      # prose
      # %%
      b = 2
      c = 3
      """
    let cells = try Parser.parse(Source(name: "t", text: text)).cells
    #expect(cells.map(\.title) == ["", "Letters", ""])
    #expect(cells.map(\.kind) == [.code, .markdown, .code])
    #expect(cells.map(\.statements) == [0..<1, 1..<1, 1..<3])
    #expect(cells[1].attributes.map(\.key) == ["name", "tags", "odd"])
    #expect(cells[1].attributes.map(\.value) == ["intro", "a b", "1"])
  }

  @Test func titlesMayHoldApostrophes() {
    let header = CellHeader(line: "#%% What's in a \"name\" a=b")
    #expect(header.title == "What's in a \"name\"")
    #expect(header.attributes.count == 1)
  }
}

private func written(_ expression: Syntax.Expression) -> String {
  switch expression.kind {
  case .literal(let value): value.inline()
  case .name(let name): name
  case .interpolation: "…"
  case .list(let items): "[\(items.map(written).joined(separator: ", "))]"
  case .record(let entries):
    entries.isEmpty
      ? "[:]" : "[\(entries.map { "\($0.key): \(written($0.value))" }.joined(separator: ", "))]"
  case .range(let a, let b, let closed): "(\(written(a))\(closed ? "..." : "..<")\(written(b)))"
  case .unary(.not, let a): "not \(written(a))"
  case .unary(let sign, let a): "(\(sign.rawValue)\(written(a)))"
  case .binary(let sign, let a, let b): "(\(written(a)) \(sign.rawValue) \(written(b)))"
  case .and(let a, let b): "(\(written(a)) and \(written(b)))"
  case .or(let a, let b): "(\(written(a)) or \(written(b)))"
  case .conditional(let a, let b, let c): "(\(written(a)) ? \(written(b)) : \(written(c)))"
  case .member(let base, let name, _): "\(written(base)).\(name)"
  case .index(let base, let key): "\(written(base))[\(written(key))]"
  case .call(let call):
    written(call.callee) + "("
      + call.arguments.map { ($0.name.map { "\($0): " } ?? "") + written($0.value) }
      .joined(separator: ", ") + ")"
  case .function: "func"
  }
}
