import Foundation
import Glibc
import TestSupport
import Testing

/// Training at the prompt, typed into the built program: a pause is no more than a pause.
@Suite struct TrainingSessionTests {
  private let home: PetlHome
  /// So long a run that no machine comes to its end before a test has stopped it.
  private let setUp = """
    clips = dataset "folder", path: "tones", frames: 32
    parts = split clips, train: 0.6, valid: 0.2, test: 0.2, seed: 1
    net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 32, classes: clips.classes, \
    seed: 1
    fit = trainer net, parts.train, valid: parts.valid, epochs: 100000, batch: 4, lr: 1e-3, seed: 1

    """

  init() throws {
    home = try PetlHome()
    try home.folder.writeTones(["tones/low": 12, "tones/high": 12], samples: 3200)
    try home.write(setUp, to: "setup.petl")
  }

  @Test(
    "History, completion, an error, Ctrl-C in the middle of 'train', and on to the same weights")
  func pausedTraining() throws {
    let terminal = try home.prompt(columns: 100)
    terminal.sendLine("run \"setup.petl\"")
    try terminal.expect("petl> ")
    terminal.sendLine("train fti")
    try terminal.expect("│       ^^^ did you mean 'fit'?")
    try terminal.expect("petl> ")
    // Tab: the members of a run.
    terminal.send("fit.epo\t")
    try terminal.expect("fit.epoch")
    terminal.send("\r")
    try terminal.expect("petl> ")
    terminal.sendLine("train fit")
    // A few epochs, then a change of mind.
    try terminal.expect("  3/100000 ")
    terminal.send("\u{3}")
    try terminal.expect("paused after step")
    try terminal.expect("petl> ")
    terminal.sendLine("print fit.epoch >= 3")
    try terminal.expect("\ntrue\npetl> ")
    // The session is intact: arrow up brings 'train fit' back, and it goes on, to another pause.
    terminal.send("\u{1B}[A\u{1B}[A")
    try terminal.expect("train fit")
    terminal.send("\r")
    try terminal.expect("valid acc")
    terminal.send("\u{3}")
    try terminal.expect("paused after step")
    try terminal.expect("petl> ")
    terminal.sendLine("print \"reached \\(fit.step)\"")
    try terminal.expect("\nreached ")
    let screen = try terminal.expect("\npetl> ")
    let answer = screen.components(separatedBy: "\nreached ").last ?? ""
    let steps = try #require(Int(answer.prefix { $0.isNumber }))
    terminal.sendLine("save net, \"paused.safetensors\"")
    try terminal.expect("petl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)

    let straight = try home.run(
      "-", input: setUp + "step fit, \(steps)\nsave net, \"straight.safetensors\"\n")
    #expect(straight.status == 0)
    // Nobody watches: no live line.
    #expect(!straight.error.contains("\r"))
    #expect(!straight.output.contains("\u{1B}"))
    let paused = try Data(contentsOf: URL(fileURLWithPath: home.file("paused.safetensors")))
    #expect(
      try paused == Data(contentsOf: URL(fileURLWithPath: home.file("straight.safetensors"))))
  }

  @Test("Ctrl-C in a script's training ends it with 130; what was trained is in a file")
  func interruptedScript() throws {
    let script = setUp + "attach net, lora(rank: 2)\ntrain fit\nprint \"never\"\n"
    try home.write("taken", to: "long.checkpoint")
    try home.write(script, to: "long.petl")
    let terminal = try home.petl("run", "long.petl", columns: 100)
    // The live line, or the head of the table.
    try terminal.expect("epoch ")
    terminal.send("\u{3}")
    #expect(try terminal.waitForExit() == 130)
    #expect(terminal.screen.contains("what was trained (fit) is in 'long-2.checkpoint'"))
    #expect(!terminal.screen.contains("never"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: home.file("long-2.checkpoint")))
    #expect(String(decoding: bytes, as: UTF8.self).contains("lora_up_q.weight"))
    #expect(FileManager.default.fileExists(atPath: home.file(".cache/petl/features")))
  }

  @Test("A terminal shows the live line in one place; nothing of it stays")
  func liveLine() throws {
    let terminal = try home.petl("-e", "run \"setup.petl\"; step fit, 100", columns: 60)
    #expect(try terminal.waitForExit() == 0)
    let raw = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(raw.contains("\repoch 1/100000"))
    #expect(!terminal.screen.contains("left"))
    #expect(terminal.screen.contains("step 100/400000"))
  }
}
