import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// A recording that is not held in memory gives the clips that it would give there.
struct LongRecordingTests {
  @Test("Windows, digest and sounds of a file of 68 MB")
  func long() throws {
    let folder = try TemporaryFolder()
    // Floats of 64 bits, nearly all of them a hole in the file.
    let count = 8_500_000, rate = 16_000
    var header = Array(Sounds.wav([], rate: rate).prefix(44))
    func put(_ value: Int, at place: Int, _ size: Int) {
      for i in 0..<size { header[place + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    }
    put(36 + 8 * count, at: 4, 4)
    put(rate * 8, at: 28, 4)
    put(8, at: 32, 2)
    put(64, at: 34, 2)
    put(8 * count, at: 40, 4)
    let path = try folder.write("a/long.wav", header)
    #expect(truncate(path, 44 + 8 * count) == 0)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    var random = RandomSource(seed: 4)
    for second in [0, 50, 500] {
      let noise = (0..<16_000).map { _ in random.uniform() - 0.5 }
      try handle.seek(toOffset: UInt64(44 + 8 * rate * second))
      try handle.write(contentsOf: noise.withUnsafeBytes { Data($0) })
    }
    try handle.close()
    try folder.write("b/short.wav", Sounds.wav(Sounds.tone(300, samples: 8000)))

    let whole = try SoundFile(path)
    #expect(try FileDigest(streaming: path) == whole.digest)
    var settings = FeatureSettings.waveform(seconds: 1)
    (settings.window, settings.hop) = (1, 50)
    let windows = try #require(settings.windows)
    #expect(WindowStream.suits(path, windows) == windows)
    let listing = try FolderSource(path: folder.path).listing()
    let set = try Dataset.load(listing, settings: settings, cache: .none)
    let clips = set.clips.indices.filter { set.clips[$0].label == 0 }
    #expect(clips.count == 11 && set.clips[clips[0]].file == whole.digest)
    #expect(set.clips[clips[0]].facts?.isSilent == false)

    let source = ClipSource(whole, try FeatureExtractor(settings))
    let sounds = try ClipSounds(set.all)
    for index in [clips[0], clips[1], clips[3], clips[10]] {
      let span = set.clips[index].span
      let waveform = try source.waveform(span)
      let input = try Batches(inOrder: set.all, size: 1).input([index]).values
      #expect(input == settings.inputValues(waveform))
      #expect(try sounds.waveform(of: index).samples == waveform.samples)
    }
  }
}
