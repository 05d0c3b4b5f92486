import ASTKit
import Foundation
import Lang
import TestSupport
import Testing

@testable import Shell

/// Leaving the prompt with training that is not saved: who can answer is asked, and what nobody
/// can answer for is kept.
@Suite struct UnsavedTrainingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["tones/a": 4, "tones/b": 4], samples: 5000)
  }

  private var training: [String] {
    [
      "clips = dataset \"folder\", path: \"\(folder.file("tones"))\", frames: 36, mels: 36",
      "func fresh() { return model(\"ast-tiny\", hidden: 8, depth: 1, heads: 2, frames: 36, "
        + "mels: 36, classes: clips.classes) }",
      "net = fresh()", "fit = trainer net, clips, batch: 4", "step fit, quiet: true",
    ]
  }

  /// Types lines and then `inputs`.
  /// - Returns: how many of `inputs` were asked for, what was said, and the files kept.
  private func leave(
    _ lines: [String], _ inputs: TerminalInput...
  ) throws -> (asked: Int, error: String, status: Int32, kept: [String]) {
    let terminal = FakeTerminal(lines.map { .line($0) } + inputs)
    let output = RecordedOutput()
    let kept = folder.file("kept")
    try? FileManager.default.removeItem(atPath: kept)
    let repl = REPL(
      session: Session(output: output, isInteractive: true), terminal: terminal,
      history: History(path: nil), output: output,
      // The current folder is everybody's; a script's is the test's own.
      rescue: Rescue(script: "/proc/petl/session.petl", state: kept, temporary: "/proc/petl"))
    let status = repl.run()
    let files = (try? FileManager.default.contentsOfDirectory(atPath: kept)) ?? []
    return (terminal.prompts.count - lines.count, output.error, status, files.sorted())
  }

  @Test("Ctrl-D asks once; once more is an answer, and so is saving")
  func controlD() throws {
    let left = try leave(training, .endOfInput, .endOfInput)
    #expect(left.asked == 2)
    #expect(
      left.error.contains("not saved (net): checkpoint fit, FILE or save net, FILE; once more"))
    #expect(left.status == 0)
    #expect(left.kept == [])
    let saved = try leave(
      training, .line("save net, \"\(folder.file("net.safetensors"))\""), .endOfInput)
    #expect(saved.asked == 2)
    #expect(saved.error == "")
  }

  @Test(
    "Every way to leave by a word asks as Ctrl-D does",
    arguments: [
      "quit", "exit", "quit()", "exit()", ":q", "quit 0", "quit;", "quit(3)", "exit 0",
      "quit # bye", "if true { quit }", "for i in 0..<3 { quit i }", "print 1; quit",
      "func leave() { exit(4) }; leave", "try { quit } catch e { }", "[1].map(quit)",
    ])
  func words(_ word: String) throws {
    let left = try leave(training, .line(word), .line("print 2"), .line(word), .line(word))
    #expect(left.asked == 4)
    #expect(left.error.components(separatedBy: "not saved (net)").count == 3)
    #expect(left.kept == [])
  }

  @Test("What is asked for names the way to the model")
  func names() throws {
    for (lines, name) in [
      (["net = nil"], "fit.model"), (["nets = [1, net]", "net = nil; fit = nil"], "nets[1]"),
      (["r = [best: net]", "net = nil; fit = nil"], "r[\"best\"]"),
      (["attach net, lora(rank: 2)", "step fit"], "net"),
    ] {
      let left = try leave(training + lines, .endOfInput, .endOfInput)
      #expect(left.error.contains("not saved (\(name))"), "\(left.error)")
      #expect(left.error.contains("save \(name), FILE; once more"))
      #expect(left.asked == 2)
    }
  }

  @Test("A terminal that goes away, and a request to end, keep all of it without a question")
  func gone() throws {
    for (input, status) in [
      (TerminalInput.gone, Int32(129)), (.terminated(signal: SIGHUP), 129),
      (.terminated(signal: SIGTERM), 143),
    ] {
      let left = try leave(training, .endOfInput, input)
      #expect(left.status == status)
      #expect(left.kept == ["session.checkpoint"])
      #expect(left.error.contains("what was trained (fit) is in '"))
    }
    let two = ["other = fresh()", "step trainer(other, clips, batch: 4), quiet: true"]
    #expect(
      try leave(training + two, .gone).kept == ["session.checkpoint", "session.safetensors"])
    let saved = ["save net, \"\(folder.file("net.safetensors"))\""]
    #expect(try leave(training + saved, .gone).kept == [])
    #expect(
      try leave(training + saved + ["step fit"], .gone).kept == ["session.checkpoint"])
  }

  @Test("What only a failed func held cannot be saved by hand: it is kept when the person leaves")
  func stranded() throws {
    let attempt = [
      "func attempt() { own = fresh(); step trainer(own, clips, batch: 4), quiet: true; nonsense }",
      "attempt", "print 5",
    ]
    let left = try leave(Array(training.dropLast()) + attempt, .endOfInput)
    #expect(left.asked == 1)
    // The run was gone with the step that it took.
    #expect(left.kept == ["session.safetensors"])
    // The next training lets it go: failed attempts must not fill the memory.
    let next = try leave(
      training.dropLast() + attempt + ["step fit"], .endOfInput, .endOfInput)
    #expect(next.kept == [])
  }
}
