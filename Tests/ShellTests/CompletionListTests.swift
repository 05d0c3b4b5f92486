import Testing

@testable import Shell

/// What Tab shows fits the window, whatever the number and length of the candidates.
@Suite struct CompletionListTests {
  private func list(_ texts: [String], detail: String = "") -> CompletionList {
    CompletionList(replaced: 0..<0, candidates: texts.map { .init(text: $0, detail: detail) })
  }

  @Test("A few candidates stand one a line, with their help, cut to the window")
  func withHelp() {
    let lines = list(["lora(", "conformer("], detail: "adds a low-rank update").lines(columns: 24)
    #expect(lines == ["lora(       adds a low-", "conformer(  adds a low-"])
  }

  @Test("Candidates without help stand in columns, top to bottom")
  func columns() {
    #expect(list(["a", "b", "c", "d", "e"]).lines(columns: 7) == ["a  d", "b  e", "c"])
  }

  @Test("What a terminal would obey is shown as an escape, in names and in help")
  func hidden() {
    #expect(
      list(["/tmp/a\u{9B}31m/", "b"], detail: "\u{202E}x").lines(columns: 60)
        == [#"a\u{9B}31m/  \u{202E}x"#, #"b            \u{202E}x"#])
  }

  @Test("Files are shown without their folders")
  func files() {
    #expect(list(["/usr/lib/", "/usr/a.wav"]).lines(columns: 40) == ["lib/   a.wav"])
  }

  @Test(
    "Hundreds of candidates leave the session on the screen and are counted", arguments: [40, 80])
  func many(columns: Int) {
    let lines = list((100..<600).map { "name\($0)" }).lines(columns: columns)
    #expect(lines.count == CompletionList.mostLines + 1)
    #expect(lines.allSatisfy { $0.count < columns })
    let shown = lines.dropLast().joined(separator: " ").split(separator: " ").count
    #expect(lines.last == "… and \(500 - shown) more")
  }

  @Test("Among many candidates, those that matter most keep their help")
  func prominent() {
    var many = list((100..<130).map { "name\($0)" }, detail: "something")
    many.candidates.insert(.init(text: "rate:", detail: "reduction", isProminent: true), at: 0)
    let lines = many.lines(columns: 40)
    #expect(lines.first == "rate:  reduction")
    #expect(lines.dropFirst().joined().contains("name129"))
    #expect(!lines.joined().contains("something"))
  }

  @Test("A window of no width does no harm")
  func narrow() {
    #expect(list(["abc", "def"]).lines(columns: 0) == ["abc", "def"])
    #expect(list([]).lines(columns: 80) == [])
  }
}
