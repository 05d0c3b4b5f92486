import Testing

@testable import ASTKit

@Suite("Text from outside as a person may be shown it")
struct VisibleTextTests {
  @Test(
    "what a terminal would obey, or nobody would see, is its escape",
    arguments: [
      ("\u{1B}[2J", #"\u{1B}[2J"#), ("a\u{9B}31m", #"a\u{9B}31m"#), ("\u{7F}", #"\u{7F}"#),
      ("a\nb\tc\rd\0", #"a\nb\tc\rd\0"#), ("\u{85}", #"\u{85}"#),
      ("\u{202A}\u{202E}\u{2066}\u{2069}", #"\u{202A}\u{202E}\u{2066}\u{2069}"#),
      ("\u{200E}\u{200F}\u{61C}", #"\u{200E}\u{200F}\u{61C}"#),
      ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#), ("a\u{FEFF}b\u{200B}", #"a\u{FEFF}b\u{200B}"#),
      ("\u{E0041}\u{E007F}", #"\u{E0041}\u{E007F}"#), ("\u{AD}\u{34F}", #"\u{AD}\u{34F}"#),
      ("\u{3164}\u{115F}\u{FFFA}", #"\u{3164}\u{115F}\u{FFFA}"#), ("\u{FFFE}", #"\u{FFFE}"#),
      ("\u{FE00}\u{E0100}", #"\u{FE00}\u{E0100}"#),
    ])
  func hidden(text: String, shown: String) {
    #expect(text.printable == shown)
    #expect(shown.printable == shown)
  }

  @Test(
    "letters stay, in any script, with accents and as emoji",
    arguments: [
      "", "plain \"text\" \\ with 'quotes'", "é e\u{301} ü", "日本　語", "عربي", "❤\u{FE0F}🎵",
      "a\u{A0}b", "\u{E000}", "\u{378}",
    ])
  func letters(text: String) {
    #expect(text.printable == text)
    #expect(text.printableLines == text)
  }

  @Test("lines and tabs stay where they are wanted")
  func lines() {
    #expect("a\n\tb\r\u{1B}".printableLines == "a\n\tb\\r\\u{1B}")
  }

  @Test("a long text loses its middle, counted by code points")
  func shortened() {
    #expect("abcdefgh".shortened(to: 8) == "abcdefgh")
    #expect("abcdefghi".shortened(to: 8) == "abcde…hi")
    let accents = "a" + String(repeating: "\u{301}", count: 1_000_000)
    #expect(accents.shown.unicodeScalars.count == 100)
    #expect(String(repeating: "\u{1B}", count: 1_000_000).shown.count == 100)
  }
}
