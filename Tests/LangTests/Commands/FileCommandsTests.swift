import ASTKit
import Foundation
import TestSupport
import Testing

@testable import Lang

@Suite("Values in files")
struct FileCommandsTests {
  private let folder: TemporaryFolder
  private let sink = TextSink()

  init() throws { folder = try TemporaryFolder() }

  private func run(_ text: String, _ variables: [String: Value] = [:]) -> RunStatus {
    let session = Session(output: sink, isInteractive: false)
    for (name, value) in variables { session.bind(name, to: value) }
    return session.run(Source(name: "t", text: text))
  }

  @Test("a value of several megabytes is written whole, as text and in a cell of a table")
  func nothingIsCut() throws {
    // More than 4 MB: at that size, values were once cut without a word.
    let xs = Value.numbers((0..<700_000).map(Double.init))
    let status = run(
      """
      write text xs, "\(folder.file("a.txt"))"
      write csv [[xs: xs]], "\(folder.file("a.csv"))"
      write text "\\(xs)", "\(folder.file("b.txt"))"
      """, ["xs": xs])
    guard case .succeeded = status else { throw CommandError(sink.errors) }
    let text = try String(contentsOfFile: folder.file("a.txt"), encoding: .utf8)
    #expect(text.hasSuffix(", 699998, 699999]\n"))
    #expect(try String(contentsOfFile: folder.file("b.txt"), encoding: .utf8) == text)
    let table = try String(contentsOfFile: folder.file("a.csv"), encoding: .utf8)
    #expect(table == "xs\n\"\(text.dropLast())\"\n")
  }

  @Test("beyond the limit there is an error and no text")
  func limit() throws {
    let list = Value.list([.strings(["abcdef", "abcdef"]), 1])
    #expect(try list.text(limit: 25) == "[[\"abcdef\", \"abcdef\"], 1]")
    for limit in 0..<25 {
      #expect(throws: CommandError.self) { try list.text(limit: limit) }
    }
    #expect(list.inline(limit: 12) == "[[\"abcdef\", …], …]")
  }

  @Test("a failed write leaves the file as it was, and the caret stands under the value")
  func failure() throws {
    try "before".write(toFile: folder.file("a.txt"), atomically: true, encoding: .utf8)
    let long = Value.string(String(repeating: "a", count: Limits.stringBytes))
    let status = run("write text [long], \"\(folder.file("a.txt"))\"", ["long": long])
    guard case .failed(let diagnostic) = status else { throw CommandError("no error") }
    #expect(diagnostic.message.contains("too large"))
    #expect(diagnostic.location?.range == SourceRange(11, 17))
    #expect(try String(contentsOfFile: folder.file("a.txt"), encoding: .utf8) == "before")
  }

  @Test("writing a long value stops when asked to")
  func interrupt() {
    let flag = InterruptFlag()
    flag.raise()
    let list = Value.numbers([1, 2])
    #expect(throws: EngineError.interrupted) { try list.text(interrupt: flag) }
    #expect(throws: EngineError.interrupted) { try JSONText.text(list, flag) }
    #expect(throws: EngineError.interrupted) { try CSVText.text(list, flag) }
  }
}
