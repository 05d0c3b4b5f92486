import Foundation
import TestSupport
import Testing

@testable import Lang

/// Tab offers what may stand at the cursor, and names the part that it replaces.
@Suite struct CompletionTests {
  private let session: Session

  init() {
    session = Session(output: TextSink(), isInteractive: true)
    _ = session.run(
      Source(
        name: "t",
        text:
          "clips = [classes: [1, 2], count: 2]; rates = [1]\nfunc best(rate, kernel: 31) { return 1 }"
      ))
  }

  private func candidates(_ text: String) -> [String] {
    session.completions(in: text, at: text.utf8.count).candidates.map(\.text)
  }

  @Test func commandsAtTheStart() {
    #expect(candidates("pri") == ["print"])
    #expect(candidates("x = roun") == ["round"])
    #expect(candidates("if true { pri") == ["print"])
    #expect(candidates("x = 1; pri") == ["print"])
  }

  @Test func variablesInExpressions() {
    #expect(candidates("print cli") == ["clips"])
    #expect(candidates("print 1 + ra").contains("rates"))
  }

  @Test func members() {
    #expect(candidates("clips.cl") == ["classes"])
    #expect(candidates("print clips.classes.fi") == ["first", "filter"])
    #expect(candidates("best(clips.").contains("classes"))
    #expect(candidates("clips[0].") == [])
  }

  @Test func argumentsAfterTheirCommand() {
    #expect(candidates("round 2.5, di").first == "digits: ")
    #expect(candidates("round(2.5, di").first == "digits: ")
    #expect(candidates("x = round 2.5, di").first == "digits: ")
    #expect(candidates("print round(2.5, di").first == "digits: ")
    #expect(candidates("best(1, ").contains("kernel: "))
    #expect(!candidates("round(2.5, digits: 1, di").contains("digits: "))
  }

  @Test func wordsAndAllowedValues() {
    #expect(candidates("write c").contains("csv"))
    #expect(candidates("write(\"c") == ["csv"])
  }

  @Test("a file's name is spelled as the string must spell it, or is not offered")
  func hiddenFileNames() throws {
    let folder = try TemporaryFolder()
    for name in ["a\u{1B}[31m", "a\"b", "a\\c", "a'd"] { try folder.write(name, []) }
    let path = folder.path
    #expect(
      candidates("run \"\(path)/a").sorted()
        == [#"a\"b"#, "a'd", #"a\\c"#, #"a\u{1B}[31m"#].map { "\(path)/\($0)" }.sorted())
    #expect(candidates("run \"\(path)/a\\u{1b}") == [#"\#(path)/a\u{1B}[31m"#])
    #expect(candidates("run '\(path)/a") == [#"a"b"#, #"a\c"#].map { "\(path)/\($0)" })
  }

  @Test func fileNamesInsideQuotes() throws {
    let folder = try TemporaryFolder()
    try "".write(toFile: folder.file("a.petl"), atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: folder.file("ab"), withIntermediateDirectories: true)
    let text = "run \"\(folder.path)/a"
    #expect(candidates(text) == ["\(folder.path)/a.petl", "\(folder.path)/ab/"])
    let completions = session.completions(in: text, at: text.utf8.count)
    #expect(completions.range.lowerBound == 5)
  }

  /// A combining mark makes one letter of itself and the slash, point or letter before it.
  @Test func fileNamesAreBytes() throws {
    let folder = try TemporaryFolder()
    let names = ["\u{301}x.petl", "e\u{301}t", ".\u{301}hidden"]
    for name in names { try writeEmpty(folder.path + "/" + name) }
    func found(_ start: String) -> [[UInt8]] {
      candidates("run \"\(folder.path)/" + start).map {
        Array($0.utf8.dropFirst(folder.path.utf8.count + 1))
      }
    }
    #expect(
      found("").sorted { $0.count < $1.count } == [names[1], names[0]].map { Array($0.utf8) })
    #expect(found("e") == [Array(names[1].utf8)])
    #expect(found("\u{301}") == [Array(names[0].utf8)])
    #expect(found(".") == [Array(names[2].utf8)])
  }

  private func writeEmpty(_ path: String) throws {
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
  }

  @Test func helpTakesNames() {
    #expect(candidates("help roun") == ["round"])
    #expect(candidates("?roun") == ["round"])
  }

  @Test func nothingInComments() {
    #expect(candidates("x = 1  # pri") == [])
  }

  @Test func replacesOnlyTheWord() {
    let completions = session.completions(in: "print éa + pri(1)", at: "print éa + pri".utf8.count)
    #expect(completions.range == "print éa + ".utf8.count..<"print éa + pri".utf8.count)
  }

  @Test func neverFailsAtAnyPlace() {
    let text = "f(\"a\\(b.c[1])\", [x: 'q'], y: { # %% \n?help \u{FEFF}é) print x.y 1ms"
    for offset in 0...text.utf8.count { _ = session.completions(in: text, at: offset) }
    _ = session.completions(in: "x", at: 99)
    _ = session.completions(in: "", at: -1)
  }
}
