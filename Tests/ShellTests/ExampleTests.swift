import Foundation
import TestSupport
import Testing

/// The scripts of `examples/methods`, run by the built program as they stand, but for the
/// sounds: a folder of short tones. Those of `examples` itself train for too long.
@Suite struct ExampleTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../examples").standardized

  static let methods: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("methods").path)
    return (names ?? []).filter { $0.hasSuffix(".petl") }.sorted()
  }()

  private let home: PetlHome

  init() throws {
    home = try PetlHome()
    // As in the recordings, a folder a language and in it one a kind; a batch of 32 to train on.
    let kinds = ["cs/alpha", "cs/syllab", "de/alpha", "de/syllab"]
    try home.folder.writeTones(
      Dictionary(uniqueKeysWithValues: kinds.map { ("sounds/" + $0, 17) }))
  }

  /// Puts an example where it will run.
  private func copy(_ path: String) throws {
    let url = Self.folder.appendingPathComponent(path)
    let text = try String(contentsOf: url, encoding: .utf8)
      .replacing("/usr/share/klettres", with: "sounds")
      .replacing("frames: 128", with: "frames: 26")
    try home.write(text, to: url.lastPathComponent)
  }

  @Test("A script of each method trains and saves", arguments: methods)
  func method(_ name: String) throws {
    try copy("methods/" + name)
    // In place of the model that the main job saves.
    let model =
      #"model("ast-tiny", hidden: 32, depth: 4, heads: 2, frames: 26, classes: ["cs", "de", "en"])"#
    let run = try home.run("-e", "save \(model), \"letters.safetensors\"; run \"\(name)\"")
    #expect(run.status == 0)
    #expect(!run.error.contains("error"), "\(run.error)")
    #expect(run.output.contains(": test accuracy "))
  }
}
