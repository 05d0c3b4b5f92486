import ASTKit
import Foundation

/// Entries of the feature cache, with and without a checksum that is right.
package final class CacheTarget: FuzzTarget {
  package static let name = "cache"
  package static let summary = "entries of the feature cache"

  private let scratch: Scratch
  private let extractor: FeatureExtractor
  private let entries: SampleSet
  private let fresh: LogMel
  /// The sound, and its entry's place in the cache, below the scratch folder.
  private let sound: String
  private let entry: String

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
    let bytes = try SoundEncoder.encode(
      SoundEncoder.samples(frames: 900, channels: 1, rate: 16000), channels: 1, rate: 16000,
      format: SoundEncoder.wav)
    sound = try scratch.write("sound.wav", bytes)
    extractor = try FeatureExtractor(
      FeatureSettings(melBins: 4), cache: FeatureCache(folder: scratch.makeFolder("cache")))
    fresh = try extractor.logMel(path: sound)
    let found = FileManager.default.enumerator(atPath: scratch.path("cache"))?
      .compactMap { $0 as? String }.first { $0.hasSuffix(".logmel") }
    guard let found else { throw BrokenPromise("the cache keeps nothing") }
    entry = "cache/\(found)"
    let kept = try scratch.read(entry)
    var layout = Layout()
    for (offset, width) in [(0, 8), (8, 4), (12, 4), (16, 8), (24, 4), (28, 2), (30, 2), (32, 8)] {
      layout.add(offset, width)
    }
    for offset in stride(from: 40, to: kept.count, by: 4) { layout.add(offset, 4) }
    entries = SampleSet([SampleSet.Sample(kept, layout)], repair: Self.repair)
  }

  private static func repair(_ bytes: inout [UInt8]) {
    guard bytes.count >= 40 else { return }
    bytes.put(checksum(bytes), at: 32, 8)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      ContentHash.of(
        UnsafeRawBufferPointer(rebasing: raw[40...]),
        seed: ContentHash.of(UnsafeRawBufferPointer(rebasing: raw[..<32])))
    }
  }

  package var validCount: Int { 1 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    FuzzInput("x.logmel", entries.bytes(number, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let bytes = input.files[0].bytes
    try scratch.write(entry, bytes)
    let found = try extractor.logMel(path: sound)
    guard found.values.count == found.frames * 4 else {
      throw BrokenPromise("features of \(found.frames) frames with \(found.values.count) values")
    }
    let isWhole = bytes.count >= 40 && bytes.number(at: 32, 8) == Self.checksum(bytes)
    guard isWhole || found == fresh else {
      throw BrokenPromise("an entry with a wrong checksum was used")
    }
    var hasher = Hasher()
    found.values.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(found.frames)
    hasher.combine(found.seconds.bitPattern)
    return hasher.finalize()
  }
}
