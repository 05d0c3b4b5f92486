import TestSupport
import Testing

/// What frozen layers give is kept between epochs, as the language shows and steers it.
@Suite struct FrozenLayersTests {
  private let home: PetlHome

  init() throws {
    home = try PetlHome()
    try home.folder.writeTones(["tones/low": 6, "tones/high": 6], samples: 3200)
  }

  private func run(_ cache: String, _ end: String) throws -> Program {
    try home.write(
      """
      set cache "\(cache)"
      clips = dataset "folder", path: "tones", frames: 32
      net = model "ast-tiny", hidden: 16, depth: 3, heads: 2, frames: 32, classes: clips.classes, \
      seed: 1
      attach net, lora(rank: 2), layers: [2]
      fit = trainer net, clips, valid: clips, epochs: 3, batch: 4, seed: 1
      \(end)
      fit = nil
      net = nil

      """, to: "one.petl")
    return try home.run("run", "one.petl")
  }

  @Test("With and without, and in a file, the same losses; what is kept is said")
  func sameLosses() throws {
    let end = "train fit, quiet: true\nprint fit.loss.values, fit.valid.loss.values\nprint fit.kept"
    let kept = try run("1 GB", end), none = try run("off", end), file = try run("9 kB", end)
    for result in [kept, none, file] { #expect(result.status == 0, "\(result.error)") }
    let lines = [kept, none, file].map { $0.output.split(separator: "\n").map(String.init) }
    #expect(lines[0].last == "the embeddings and layers 0...1, computed once a clip")
    #expect(
      lines[1].last
        == "nothing, though the embeddings and layers 0...1 are frozen: the cache is off")
    #expect(lines[0].count > 1 && lines[0].dropLast() == lines[1].dropLast())
    #expect(lines[0] == lines[2])
  }

  @Test("A forecast counts them apart, and the prompt shows what is kept")
  func forecast() throws {
    let result = try run(
      "1 GB", "x = forecast fit\nprint x\nprint x.prefix > 0, x.prefix < x.seconds")
    #expect(result.output.contains("once for the frozen layers"), "\(result.error)")
    #expect(result.output.hasSuffix("true true\n"))
    let augmented = try run("1 GB", "fit = trainer net, clips, epochs: 3, batch: 4, augment: true")
    #expect(
      augmented.error.contains("though the embeddings and layers 0...1 are frozen: SpecAugment"))
    let shown = try run("1 GB", "fit")
    #expect(shown.output.contains("kept between epochs: the embeddings and layers 0...1"))
  }
}
