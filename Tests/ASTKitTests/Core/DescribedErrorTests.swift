import ASTKit
import TestSupport
import Testing

/// Whatever an error quotes from a file, it is one line that a terminal shows as it stands.
struct DescribedErrorTests {
  @Test(
    arguments: [
      "\u{1B}[31m", "two\nlines", "\r\n", "\u{0}", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{202E}",
      "\u{2028}",
    ])
  func noControlCharacterIsShown(_ text: String) {
    let errors: [any DescribedError] = [
      FileError.missing(path: text), EngineError.refused(text),
      EngineError.setting(name: text, expected: "a number", found: text),
      JSONFileError.missing(path: "x", key: "a", nearest: text),
      JSONFileError.type(path: "x", key: text, expected: "a number", found: text),
      AudioError.damaged(path: text, format: "WAV", reason: "a reason"),
    ]
    for error in errors {
      let shown = "\(error)"
      #expect(
        !text.unicodeScalars.contains { $0.value > 0x7E && shown.unicodeScalars.contains($0) })
      #expect(
        shown.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
        "\(shown.debugDescription)")
      #expect(shown.contains(text.printable))
    }
  }

  @Test func otherWordsStayAsTheyAre() {
    let path = "/räume/\u{65}\u{301}/日本/😀.wav"
    #expect("\(FileError.missing(path: path))" == "there is no file '\(path)'")
    #expect(
      "\(JSONFileError.missing(path: "x", key: "a", nearest: "é"))"
        == "'x' has no 'a' (it has 'é')")
  }

  /// What a file of JSON says is quoted by many errors.
  @Test func valuesOfAConfigurationAreQuotedWithoutControls() throws {
    let json = #"{"peft_type": "\u001b[31m", "r": "\u0000"}"#
    let folder = try TemporaryFolder()
    try folder.write("adapter_config.json", Array(json.utf8))
    let error = try #require(throws: (any Error).self) { try PEFTFolder.read(folder.path) }
    #expect("\(error)".contains(#"\u{1B}[31m"#) && !"\(error)".contains("\u{1B}"))
    let object = try JSONFile.parse(Array(json.utf8), path: "x.json")
    let other = try #require(throws: (any Error).self) { try object.integer("r") }
    #expect("\(other)" == "'x.json': 'r' should be a whole number, found \"\\0\"")
  }
}
