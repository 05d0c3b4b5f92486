import Foundation
import Glibc
import TestSupport
import Testing

/// Training at the prompt, typed into the built program: a pause is no more than a pause.
@Suite struct TrainingSessionTests {
  private let home: TemporaryFolder
  private let setUp = """
    clips = dataset "folder", path: "tones", frames: 32
    parts = split clips, train: 0.6, valid: 0.2, test: 0.2, seed: 1
    net = model "ast-tiny", hidden: 16, depth: 1, heads: 2, frames: 32, classes: clips.classes, \
    seed: 1
    fit = trainer net, parts.train, valid: parts.valid, epochs: 60, batch: 4, lr: 1e-3, seed: 1

    """

  init() throws {
    home = try TemporaryFolder()
    try TemporaryFolder.tones(in: home)
    try setUp.write(toFile: home.file("setup.petl"), atomically: true, encoding: .utf8)
  }

  private var environment: [String: String] { ["HOME": home.path, "INPUTRC": "/dev/null"] }

  @Test(
    "History, completion, an error, Ctrl-C in the middle of 'train', and on to the same weights")
  func pausedTraining() throws {
    let terminal = try PseudoTerminal(
      Program.built("petl"), environment: environment, folder: home.path, columns: 100)
    try terminal.expect("petl> ")
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
    // The live line, then a few epochs, then a change of mind.
    try terminal.expect("\n 3/60 ")
    terminal.send("\u{3}")
    try terminal.expect("paused after step")
    try terminal.expect("petl> ")
    terminal.sendLine("print fit.step < 240, fit.epoch >= 3")
    try terminal.expect("\ntrue true\npetl> ")
    // The session is intact: arrow up brings 'train fit' back, and it goes on.
    terminal.send("\u{1B}[A\u{1B}[A")
    try terminal.expect("train fit")
    terminal.send("\r")
    try terminal.expect("\n60/60 ", seconds: 60)
    try terminal.expect("petl> ")
    terminal.sendLine("print fit.step")
    try terminal.expect("\n240\npetl> ")
    terminal.sendLine("save net, \"paused.safetensors\"")
    try terminal.expect("petl> ")
    terminal.send("\u{4}")
    #expect(try terminal.waitForExit() == 0)

    let straight = try Program(
      Program.built("petl"), ["-"],
      input: setUp + "train fit\nsave net, \"straight.safetensors\"\n",
      environment: environment, folder: home.path, limit: 60)
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
    try script.write(toFile: home.file("long.petl"), atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(
      Program.built("petl"), ["run", "long.petl"], environment: environment, folder: home.path,
      columns: 100)
    try terminal.expect("epoch 1/60")
    terminal.send("\u{3}")
    #expect(try terminal.waitForExit() == 130)
    #expect(terminal.screen.contains("what was trained is in 'interrupted.safetensors'"))
    #expect(!terminal.screen.contains("never"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: home.file("interrupted.safetensors")))
    #expect(String(decoding: bytes, as: UTF8.self).contains("lora_up_q.weight"))
  }

  @Test("A terminal shows the live line in one place; nothing of it stays")
  func liveLine() throws {
    let terminal = try PseudoTerminal(
      Program.built("petl"), ["-e", "run \"setup.petl\"; step fit, 100"],
      environment: environment, folder: home.path, columns: 60)
    #expect(try terminal.waitForExit(seconds: 60) == 0)
    let raw = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(raw.contains("\repoch 1/60"))
    #expect(!terminal.screen.contains("left"))
    #expect(terminal.screen.contains("step 100/240"))
  }
}

extension TemporaryFolder {
  /// Two folders of twelve short tones each, below `tones`.
  fileprivate static func tones(in folder: TemporaryFolder) throws {
    for (name, pitch) in [("low", 200.0), ("high", 500.0)] {
      for index in 0..<12 {
        let tone = Sounds.tone(pitch + Double(11 * index), samples: 3200)
        try folder.write("tones/\(name)/\(index).wav", Sounds.wav(tone))
      }
    }
  }
}
