import Testing

@testable import Lang

/// Words, with the blanks before them, are what the parser needs to tell `f -1` from `f - 1`.
@Suite struct LexerTests {
  private func kinds(_ text: String) throws -> [Token.Kind] {
    try Lexer.tokens(Source(name: "t", text: text)).map(\.kind)
  }

  @Test(arguments: [
    ("12", 12), ("0.5", 0.5), ("5e-3", 0.005), ("1_000", 1000), ("1E3", 1000), (".5", 0.5),
    ("2e+2", 200), ("1_0.2_5", 10.25),
  ])
  func numbers(_ text: String, _ value: Double) throws {
    #expect(try kinds(text) == [.number(value), .end])
  }

  @Test(arguments: [
    ("10ms", 10, "ms"), ("0.5s", 0.5, "s"), ("16kHz", 16, "kHz"), ("1e3Hz", 1000, "Hz"),
  ])
  func quantities(_ text: String, _ amount: Double, _ unit: String) throws {
    let unit = try #require(Unit.named(unit))
    #expect(try kinds(text) == [.quantity(amount, unit), .end])
  }

  @Test func rangesAreNotDecimals() throws {
    #expect(try kinds("0...11") == [.number(0), .symbol(.ellipsis), .number(11), .end])
    #expect(try kinds("0..<12") == [.number(0), .symbol(.halfOpen), .number(12), .end])
  }

  @Test func blanksBeforeWordsAreKept() throws {
    let tokens = try Lexer.tokens(Source(name: "t", text: "f -1\tx"))
    #expect(tokens.map(\.spaceBefore) == [false, true, false, true, false])
  }

  @Test func stringsWithEscapesAndRawStrings() throws {
    #expect(try kinds(#""a\n\t\"\\\u{E9}""#) == [.string([.text("a\n\t\"\\é")]), .end])
    #expect(try kinds(#"'a\n\(x)'"#) == [.string([.text(#"a\n\(x)"#)]), .end])
    #expect(try kinds("\"\"") == [.string([]), .end])
  }

  @Test func interpolationHoldsWords() throws {
    guard case .string(let pieces)? = try kinds(#""a \(f(1) + ")") b""#).first else {
      Issue.record("no string")
      return
    }
    #expect(pieces.count == 3)
    guard case .code(let tokens) = pieces[1] else {
      Issue.record("no code")
      return
    }
    #expect(tokens.count == 7)
  }

  @Test func cellsOnlyAtTheStartOfALine() throws {
    #expect(try kinds("#%% A\n# %% B") == [.cell, .newline, .cell, .end])
    #expect(try kinds("x #%% no") == [.name("x"), .end])
    #expect(try kinds("# not a cell %%") == [.end])
  }

  @Test func helpAtTheStartOfALine() throws {
    #expect(try kinds("?attach  # why") == [.help("attach", search: false), .end])
    #expect(try kinds("\n??mean") == [.newline, .help("mean", search: true), .end])
  }

  @Test func byteOrderMarkAndCarriageReturns() throws {
    #expect(try kinds("\u{FEFF}x\r\ny\r\n") == [.name("x"), .newline, .name("y"), .newline, .end])
  }

  @Test func namesOutsideASCII() throws {
    #expect(try kinds("précision_1") == [.name("précision_1"), .end])
  }

  @Test func linesAndColumnsCountCharacters() {
    let source = Source(name: "t", text: "é = 1\r\nab日 x")
    let offset = "é = 1\r\nab日 ".utf8.count
    #expect(source.line(at: offset) == 2)
    #expect(source.column(at: offset) == 5)
    #expect(source.text(in: source.range(ofLine: 1)) == "é = 1")
  }

  @Test("a script has so many words at most, those inside strings too")
  func mostWords() throws {
    for text in ["a b c d", "a \"\\(b c)\"", "a;b;"] {
      let source = Source(name: "t", text: text)
      #expect(throws: Never.self) { try Lexer.tokens(source, mostWords: 5) }
      #expect { try Lexer.tokens(source, mostWords: 3) } throws: { error in
        (error as? Diagnostic)?.message == "a script may have 3 words, and there are more"
      }
    }
  }
}
