import TestSupport
import Testing

@testable import ASTKit

/// What a data set says of itself is what it holds.
struct DatasetStatisticsTests {
  @Test func meanAndDeviationAreThoseOfTheFramesThatHoldSound() throws {
    let clips = try TinyData.load()
    let found = try clips.featureStatistics()
    var values: [Double] = []
    let width = clips.settings.melBins
    for index in clips.indices {
      let slot = clips.dataset.clips[index].slot
      let clip = try Batches(inOrder: clips, size: 1).fill([index]).input.values
      values += clip.prefix(clips.dataset.store.length(slot) * width).map(Double.init)
    }
    // Shorter clips than the 36 frames: there is padding to leave out.
    #expect(values.count < 13 * 36 * width && found.count == values.count)
    let raw = values.map { $0 * 2 * clips.settings.std + clips.settings.mean }
    let mean = raw.reduce(0, +) / Double(raw.count)
    let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)
    #expect(abs(found.mean - mean) < 1e-9 && abs(found.std - variance.squareRoot()) < 1e-9)
    // Given as the normalisation, they make it mean 0 and deviation 0.5.
    let (again, scale) = (raw.map { ($0 - found.mean) / (2 * found.std) }, Double(raw.count))
    #expect(abs(again.reduce(0, +) / scale) < 1e-9)
    #expect(abs(again.reduce(0) { $0 + $1 * $1 } / scale - 0.25) < 1e-9)
  }

  @Test func duplicatesAreFoundByTheirBytes() throws {
    let folder = try TemporaryFolder()
    try folder.writeTones(["a": 3, "b": 3], samples: 4000)
    let sound = Sounds.wav(Sounds.tone(777, samples: 4000))
    for name in ["a/x.wav", "a/y.wav", "b/z.wav"] { try folder.write(name, sound) }
    try folder.write("b/07.wav", Sounds.wav(Sounds.tone(500, samples: 8000)))
    let clips = try Dataset.load(
      FolderSource(path: folder.path).listing(), settings: TinyData.settings,
      cache: .none
    ).all
    #expect(
      clips.duplicates
        == [DuplicateClips(names: ["a/x.wav", "a/y.wav", "b/z.wav"], classes: ["a", "b"])])
    #expect(try TinyData.load().duplicates.isEmpty)
    let lengths = try #require(clips.lengths)
    #expect(lengths.shortest == 0.25 && lengths.median == 0.25 && lengths.longest == 0.5)
  }
}
