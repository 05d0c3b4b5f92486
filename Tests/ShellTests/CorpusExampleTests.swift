import Foundation
import TestSupport
import Testing

/// The scripts of `examples/corpora`, run by the built program on small trees in the layouts of the
/// corpora, with shorter clips and smaller batches.
@Suite struct CorpusExampleTests {
  private let home: PetlHome

  init() throws { home = try PetlHome() }

  private func tree(_ name: String) throws -> CorpusTrees {
    switch name {
    case "esc50": try .esc50(in: home.folder)
    case "urbansound8k": try .urbanSound8K(in: home.folder)
    case "speechcommands": try .speechCommands(in: home.folder)
    case "fluentspeech": try .fluentSpeech(in: home.folder)
    default: try .iemocap(in: home.folder)
    }
  }

  private static let runs = [
    "esc50": 5, "urbansound8k": 10, "speechcommands": 1, "fluentspeech": 1, "iemocap": 10,
  ]

  @Test("A script of each corpus makes every run", arguments: runs.keys.sorted(), [false, true])
  func corpus(_ name: String, published: Bool) throws {
    let tree = try tree(name)
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../examples/corpora/\(name).petl").standardized
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(text.split(separator: "\n").count <= 24)
    let shorter =
      text
      .replacingOccurrences(of: "frames: [0-9]+", with: "frames: 26", options: .regularExpression)
      .replacingOccurrences(of: "batch: [0-9]+", with: "batch: 4", options: .regularExpression)
    try home.write(shorter, to: "corpus.petl")
    let model =
      #"model("ast-tiny", hidden: 96, depth: 1, heads: 2, frames: 26, classes: ["x", "y"])"#
    let made = try home.run("-e", "save \(model), \"tiny.safetensors\"")
    #expect(made.status == 0, "\(made.error)")
    let run = try home.run(
      "run", "--set", "corpus=\(tree.path)", "--set", "backbone=tiny.safetensors", "--set",
      "epochs=1", "--set", "published=\(published)", "corpus.petl")
    #expect(run.status == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count { $0.contains(": accuracy ") } == Self.runs[name])
    #expect(lines.last?.hasPrefix("\(name), published \(published): mean ") == true)
  }
}
