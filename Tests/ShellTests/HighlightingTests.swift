import Testing

@testable import Shell

/// Colour marks the severity and the carets, and comes off where it must not show.
@Suite struct HighlightingTests {
  private let diagnostic =
    "error: 'q' is not defined\n  a.petl:1:3\n  1 │ x ^ q\n    │   ^ did you mean 'p'?\n"

  @Test("The first word and the carets are coloured, the source line is not")
  func coloured() {
    let lines = Highlighting.diagnostic(diagnostic).split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("\u{1B}[1;31merror:\u{1B}[0m"))
    #expect(lines[2] == "  1 │ x ^ q")
    #expect(lines[3] == "    │   \u{1B}[1;31m^ did you mean 'p'?\u{1B}[0m")
  }

  @Test("Plain text is the text without escape sequences")
  func plain() {
    #expect(Highlighting.plain(Highlighting.diagnostic(diagnostic)) == diagnostic)
    #expect(Highlighting.plain("cut \u{1B}[1;3") == "cut ")
  }
}
