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
}
