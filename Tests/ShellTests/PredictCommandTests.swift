import Foundation
import TestSupport
import Testing

/// `petl predict`: tables for those who only use a trained model.
@Suite struct PredictCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, frequency) in [("a/0", 300.0), ("a/1", 400), ("b/0", 2000), ("b/1", 3000)] {
      try folder.write("tones/\(name).wav", Sounds.wav(Sounds.tone(frequency, samples: 8000)))
    }
    let script = """
      clips = dataset "folder", path: "tones", mels: 16, window: 0.2s, hop: 0.1s
      base = model "ast-tiny", frames: 20, mels: 16, hidden: 16, depth: 1, heads: 2, classes: clips.classes
      save base, "base.safetensors"
      net = model "base.safetensors"
      attach net, lora(rank: 2)
      fit = trainer net, clips, epochs: 1, batch: 4
      train fit, quiet: true
      save net.adapters, "set.safetensors"
      print predict(net, "tones", top: 2).count
      """
    let made = try petl(["-e", script])
    #expect(made.status == 0, "\(made.error)")
  }

  private func petl(_ arguments: [String]) throws -> Program {
    try Program(Program.built("petl"), arguments, folder: folder.path)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file(name), encoding: .utf8)
  }

  @Test("A set with its backbone, to standard output and to a file, alike")
  func tables() throws {
    let shown = try petl(["predict", "set.safetensors", "tones"])
    #expect(shown.status == 0 && shown.error.contains("note: the backbone is "))
    let lines = shown.output.split(separator: "\n")
    #expect(lines.count == 17 && lines[0] == "file,start,end,class,score")
    let written = try petl(["predict", "set.safetensors", "tones", "--csv", "t.csv"])
    #expect(written.status == 0 && written.output.isEmpty)
    #expect(written.error.contains("wrote 16 rows to 't.csv'"))
    #expect(try text("t.csv") == shown.output)
    let chosen = try petl([
      "predict", "set.safetensors", "tones/a/0.wav", "tones/b/1.wav", "--window", "0.1", "--top",
      "2",
    ])
    #expect(chosen.output.split(separator: "\n").count == 21)
  }

  @Test("A moved backbone is said where, and mistakes end with a reason and a status")
  func mistakes() throws {
    try FileManager.default.moveItem(
      atPath: folder.file("base.safetensors"), toPath: folder.file("moved.st.safetensors"))
    let lost = try petl(["predict", "set.safetensors", "tones"])
    #expect(lost.status == 1 && lost.error.contains("which is not there"))
    #expect(lost.error.contains("--backbone PATH") && lost.output.isEmpty)
    let found = try petl([
      "predict", "set.safetensors", "tones", "--backbone", "moved.st.safetensors",
    ])
    #expect(found.status == 0 && found.output.split(separator: "\n").count == 17)
    #expect(try petl(["predict", "set.safetensors"]).status == 2)
    #expect(try petl(["predict", "set.safetensors", "tones", "--top", "0"]).status == 2)
    // A table that was there stays when nothing comes of another.
    try folder.write("t.csv", Array("mine".utf8))
    #expect(try petl(["predict", "none.safetensors", "tones", "--csv", "t.csv"]).status == 1)
    let hop = try petl([
      "predict", "set.safetensors", "none", "--backbone", "moved.st.safetensors", "--csv", "t.csv",
    ])
    #expect(try hop.status == 1 && text("t.csv") == "mine")
    let none = try petl(["predict", "none.safetensors", "tones"])
    #expect(none.status == 1 && none.error.hasPrefix("error: "))

    try folder.write("tones/b/0.wav", Array("RIFF".utf8))
    let broken = try petl([
      "predict", "set.safetensors", "tones", "--backbone", "moved.st.safetensors", "--csv", "u.csv",
    ])
    #expect(broken.status == 1 && broken.error.contains("b/0.wav"))
    // What was finished is kept.
    #expect(try text("u.csv").split(separator: "\n").count == 9)
    let skipped = try petl([
      "predict", "set.safetensors", "tones", "--backbone", "moved.st.safetensors", "--skip",
    ])
    #expect(skipped.status == 0 && skipped.output.split(separator: "\n").count == 13)
    #expect(skipped.error.contains("skipped 1 file"))
  }
}
