import ASTKit
import Foundation
import Lang
import TestSupport
import Testing

@testable import Shell

/// The loop at the prompt, with a terminal whose person has decided what to type.
@Suite struct REPLTests {
  /// Where what is trained would be kept; nowhere, since no test here leaves anything.
  private static let nowhere = Rescue(script: nil, state: nil, temporary: "/proc/petl")

  /// Types `inputs` and gives what the session wrote.
  private func talk(_ terminal: FakeTerminal, history: History = History(path: nil))
    -> (output: String, error: String, status: Int32)
  {
    let output = RecordedOutput()
    let session = Session(output: output, isInteractive: true)
    let repl = REPL(
      session: session, terminal: terminal, history: history, output: output,
      rescue: Self.nowhere)
    let status = repl.run()
    return (output.output, output.error, status)
  }

  @Test("Entries run one after the other in one session, and Ctrl-D ends it with 0")
  func entries() {
    let result = talk(FakeTerminal(lines: "x = 3", "print x"))
    #expect(result.output == "3\n")
    #expect(result.error == "")
    #expect(result.status == 0)
  }

  @Test("A mistake is shown and changes nothing; the next entry runs")
  func mistake() {
    let result = talk(FakeTerminal(lines: "x = 3", "x = nonsense", "print x"))
    #expect(result.output == "3\n")
    #expect(result.error.contains("nonsense"))
    #expect(result.error.contains("^"))
    #expect(result.status == 0)
  }

  @Test("An entry that is not complete asks for more and is recalled as one")
  func manyLines() {
    let terminal = FakeTerminal(lines: "for i in [1, 2] {", "  print i", "}", "print 7")
    #expect(talk(terminal).output == "1\n2\n7\n")
    #expect(terminal.prompts == [.primary, .continuation, .continuation, .primary, .primary])
    #expect(terminal.remembered == ["for i in [1, 2] {\n  print i\n}", "print 7"])
  }

  @Test("A pasted block with newlines runs as a program")
  func pastedBlock() {
    #expect(talk(FakeTerminal(lines: "x = 2\nfor i in [x] {\n  print i\n}")).output == "2\n")
  }

  @Test("A pasted transcript runs without its prompts and its output")
  func pastedTranscript() {
    let terminal = FakeTerminal(lines: "petl> x = 4\npetl> print x\n4\npetl> print x + 1")
    #expect(talk(terminal).output == "4\n5\n")
  }

  @Test("A transcript that arrives line by line runs as well")
  func transcriptByLines() {
    let terminal = FakeTerminal(
      lines: "petl> for i in [8] {", "  ...   print i", "  ... }", "petl> print 9")
    #expect(talk(terminal).output == "8\n9\n")
    #expect(terminal.remembered == ["for i in [8] {\n  print i\n}", "print 9"])
  }

  @Test("Ctrl-C at the prompt drops the entry, also one of many lines")
  func interruptedEntry() {
    let terminal = FakeTerminal([
      .line("x = 1"), .line("x = ["), .interrupted, .line("print x"), .interrupted,
    ])
    let result = talk(terminal)
    #expect(result.output == "1\n")
    #expect(result.error == "")
    #expect(terminal.prompts == [.primary, .primary, .continuation, .primary, .primary, .primary])
  }

  @Test("Ctrl-C after Enter and before the work has started stops the work, and no later entry")
  func lateInterrupt() {
    let output = RecordedOutput()
    let session = Session(output: output, isInteractive: true)
    let terminal = FakeTerminal(lines: "x = 1", "print 2")
    terminal.beforeInput = { if $0 == 0 { session.interrupt.raise() } }
    let repl = REPL(
      session: session, terminal: terminal, history: History(path: nil), output: output,
      rescue: Self.nowhere)
    #expect(repl.run() == 0)
    #expect(session.variables.isEmpty)
    #expect(output.error == "interrupted\n")
    #expect(output.output == "2\n")
  }

  @Test("Ctrl-D inside an entry leaves the entry, not the session")
  func endInsideEntry() {
    let terminal = FakeTerminal([.line("x = ["), .endOfInput, .line("print 5")])
    #expect(talk(terminal).output == "5\n")
  }

  @Test("Leaving by a word", arguments: ["quit", "exit", " exit() ", ":q", "quit;"])
  func leaving(word: String) {
    let result = talk(FakeTerminal(lines: word, "print 1"))
    #expect(result.output == "")
    #expect(result.error == "")
    #expect(result.status == 0)
  }

  @Test("A request to end gives the status a shell expects")
  func terminated() {
    #expect(talk(FakeTerminal([.terminated(signal: 15)])).status == 143)
  }

  @Test("A history that cannot be written is told once, and the session goes on")
  func unwritableHistory() {
    let result = talk(
      FakeTerminal(lines: "print 1", "print 2"), history: History(path: "/proc/petl/history"))
    #expect(result.output == "1\n2\n")
    #expect(result.error.components(separatedBy: "history file").count == 2)
  }

  @Test("Tab sees the earlier lines of an entry and answers in places of the last one")
  func completionInsideEntry() {
    let terminal = FakeTerminal(lines: "print (", "1)")
    var answer = CompletionList.empty
    terminal.beforeInput = { index in
      if index == 1 { answer = terminal.completer?("  apropo", 8) ?? .empty }
    }
    _ = talk(terminal)
    #expect(answer.replaced == 2..<8)
    #expect(answer.candidates.contains { $0.text.hasPrefix("apropos") })
  }

  @Test("The startup file runs first; one that is missing or wrong does no harm")
  func startup() throws {
    let folder = try TemporaryFolder()
    let good = folder.file("good.petl")
    try "x = 9\n".write(toFile: good, atomically: true, encoding: .utf8)
    let bad = folder.file("bad.petl")
    try "y = nonsense\n".write(toFile: bad, atomically: true, encoding: .utf8)
    let output = RecordedOutput()
    let repl = REPL(
      session: Session(output: output, isInteractive: true),
      terminal: FakeTerminal(lines: "print x"), history: History(path: nil), output: output,
      rescue: Self.nowhere)
    repl.runStartup(folder.file("missing.petl"))
    #expect(output.error == "")
    repl.runStartup(good)
    repl.runStartup(bad)
    #expect(output.error.contains("bad.petl:1:5"))
    #expect(repl.run() == 0)
    #expect(output.output == "9\n")
  }
}
