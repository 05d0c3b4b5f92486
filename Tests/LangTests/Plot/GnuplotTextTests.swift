import Testing

@testable import Lang

@Suite("Texts in gnuplot's commands")
struct GnuplotTextTests {
  @Test(
    "gnuplot reads back what was quoted, and runs none of it",
    arguments: [
      "plain", "'; print 1; '", "'", "''", "'''", "x''y", "' . 'a", "`echo 1`", "$(echo 1)",
      "a_b^c{d}", "{", "}", "\"", "\\", "a\\", "@x", "# no comment", "100%", "é ü 日本 🎵", "",
      "'; system(\"exit\") #", "\\n\\047\\140",
    ])
  func roundTrip(text: String) throws {
    let process = GnuplotProcess(program: "gnuplot", timeout: 20)
    let output = try process.run(
      "set encoding utf8\nset print '-'\nprint \(GnuplotText.quote(text))\n")
    #expect(String(decoding: output, as: UTF8.self) == text + "\n")
  }

  @Test("line breaks do not get through, other hidden characters as escapes")
  func controlCharacters() {
    #expect(
      GnuplotText.quote("a\nb\r\nc\td\u{0}\u{1B}[1m\u{2028}e") == #"'a b  c d\0\u{1B}[1m e'"#)
    #expect(GnuplotText.quote("\u{202E}abc\u{FEFF}") == #"'\u{202E}abc\u{FEFF}'"#)
  }

  @Test("long texts end in an ellipsis, characters of endless code points are cut")
  func limits() {
    let quoted = GnuplotText.quote(String(repeating: "x", count: 300), limit: 10)
    #expect(quoted == "'xxxxxxxxx…'")
    let zalgo = "a" + String(repeating: "\u{301}", count: 500)
    #expect(GnuplotText.shorten(zalgo, to: 10).unicodeScalars.count == 8)
  }

  @Test("a percent sign in a tic's label is no format")
  func percent() {
    #expect(GnuplotText.quoteTic("100%s", limit: 20) == "'100%%s'")
  }

  @Test("numbers", arguments: [(3, "3"), (0.5, "0.5"), (0.0001234, "0.000123"), (1e9, "1e+09")])
  func numbers(value: Double, text: String) {
    #expect(GnuplotText.display(value) == text)
  }
}
