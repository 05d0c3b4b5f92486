import Testing

@testable import Shell

/// Pasted text becomes what a person would have typed.
@Suite struct PasteTests {
  @Test(
    "Prompts go, and the output of a transcript with them; other text stays as it is",
    arguments: [
      ("x = 1", "x = 1"),
      ("petl> x = 1", "x = 1"),
      ("petl> for i in a {\n  ... print i\n  ... }\n1\n2\npetl> x", "for i in a {\nprint i\n}\nx"),
      ("\npetl> x\n3\npetl>", "x\n"),
      ("x = 1\npetl> y", "x = 1\npetl> y"),
      ("a\r\nb\rc", "a\nb\nc"),
      ("", ""),
    ])
  func cleaned(pasted: String, typed: String) {
    #expect(Paste.clean(pasted) == typed)
  }

  @Test("What nobody could see before Enter is pasted as its escape; line ends and tabs stay")
  func visible() {
    #expect(
      Paste.visible("\u{FEFF}petl> x = \"a\u{1B}]0;t\u{7}\"\n1") == #"x = "a\u{1B}]0;t\u{7}""#)
    #expect(Paste.visible("if a {\n\tb\u{202E}\n}") == "if a {\n\tb\\u{202E}\n}")
  }
}
