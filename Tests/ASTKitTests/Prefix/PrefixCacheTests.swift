import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// What is kept is given back as it was, within its limits, and only to models that would
/// compute the same.
struct PrefixCacheTests {
  private func key(
    _ net: AudioClassifier, features: FeatureSettings = TinyData.settings
  ) throws -> PrefixKey {
    try #require(PrefixKey.all(to: net.frozenPrefix.end, of: net, features: features).last)
  }

  private let clips = (0..<4).map { ClipIdentity(file: FileDigest(size: $0, hash: 7), span: nil) }

  private func tensor(_ value: Float) throws -> Tensor { try Tensor([4], filledWith: value) }

  private func read(_ clip: ClipIdentity, _ key: PrefixKey, _ cache: PrefixCache) -> [Float]? {
    var values = [Float](repeating: .nan, count: 4)
    return values.withUnsafeMutableBufferPointer { cache.copy(clip, of: key, to: $0) }
      ? values : nil
  }

  @Test func equalModelsShareAndOthersDoNot() throws {
    let first = try key(PrefixRun.model(.attention))
    #expect(try key(PrefixRun.model(.attention)) == first)
    // Another head and another set above it.
    let other = try PrefixRun.model(.attention)
    TinyModel.scatter(other.head.parameters + other.attachments.flatMap(\.parameters), seed: 8)
    #expect(try key(other) == first)
    #expect(try key(PrefixRun.model(.attention, seed: 2)) != first)
    #expect(try key(PrefixRun.model(.feedForward)) != first)
    var features = TinyData.settings
    features.mean += 1
    #expect(try key(other, features: features) != first)
    // A value of the last frozen layer, and one above it.
    TinyModel.scatter(
      other.backbone.parameters.filter { $0.name.contains("layer.2.") }, seed: 8)
    #expect(try key(other) == first)
    TinyModel.scatter(
      other.backbone.parameters.filter { $0.name.contains("layer.1.output.dense.bias") }, seed: 8)
    #expect(try key(other) != first)
  }

  @Test func poolingCountsWhereTheEncoderEnds() throws {
    func key(_ pooling: Pooling) throws -> PrefixKey {
      let net = try TinyModel.classifier(pooling: pooling)
      try net.attach("linear")
      return try self.key(net)
    }
    #expect(try key(.all) != key(.cls))
    #expect(try key(.all) == key(.all))
  }

  @Test func memoryThenFileThenNothing() throws {
    let folder = try TemporaryFolder(), key = try key(PrefixRun.model(.head))
    let cache = PrefixCache(budget: 40, folder: folder.file("made/here"))
    for (i, clip) in clips.enumerated() {
      cache.keep(try tensor(Float(i)), for: clip, of: key, sparing: [])
    }
    #expect(cache.usage == .init(memory: 32, file: 32, budget: 40))
    for (i, clip) in clips.enumerated() {
      #expect(read(clip, key, cache) == [Float](repeating: Float(i), count: 4))
    }
    // It has no name, and what lies beside it is the user's alone.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("made/here")).isEmpty)
    #expect(try #require(Disk.status(folder.file("made/here"))).st_mode & 0o777 == 0o700)

    cache.budget = 20
    #expect(cache.usage == .init(memory: 0, file: 0, budget: 20))
    #expect(clips.allSatisfy { read($0, key, cache) == nil })
    cache.budget = 0
    cache.keep(try tensor(1), for: clips[0], of: key, sparing: [])
    #expect(read(clips[0], key, cache) == nil)
  }

  @Test func aDiskThatTakesNothingIsNoError() throws {
    let folder = try TemporaryFolder(), key = try key(PrefixRun.model(.head))
    let cache = PrefixCache(budget: 20, folder: folder.path)
    try Disk.$refusal.withValue({ $0 == .createUnnamed ? ENOSPC : nil }) {
      for clip in clips { cache.keep(try tensor(1), for: clip, of: key, sparing: []) }
    }
    #expect(clips.map { read($0, key, cache) != nil } == [true, false, false, false])
    #expect(cache.room(for: 3, of: 4, key: key).all == 0)
    let nowhere = PrefixCache(budget: 20, folder: "/proc/none")
    for clip in clips { nowhere.keep(try tensor(1), for: clip, of: key, sparing: []) }
    #expect(nowhere.usage == .init(memory: 16, file: 0, budget: 20))
  }

  @Test func theLongestUnusedGivesWay() throws {
    let cache = PrefixRun.cache(40)
    let keys = try (1...4).map { try key(PrefixRun.model(.attention, seed: $0)) }
    cache.keep(try tensor(1), for: clips[0], of: keys[0], sparing: nil)
    cache.keep(try tensor(2), for: clips[0], of: keys[1], sparing: nil)
    // Nothing gives way for what may never be used again.
    cache.keep(try tensor(3), for: clips[0], of: keys[2], sparing: nil)
    #expect(read(clips[0], keys[2], cache) == nil)
    #expect(read(clips[0], keys[0], cache) != nil)
    cache.keep(try tensor(3), for: clips[0], of: keys[2], sparing: [])
    #expect(keys.map { read(clips[0], $0, cache) != nil } == [true, false, true, false])
    // What it is computed from stays.
    cache.keep(try tensor(4), for: clips[0], of: keys[3], sparing: [keys[0], keys[2]])
    #expect(keys.map { read(clips[0], $0, cache) != nil } == [true, false, true, false])
    #expect(cache.usage.memory == 32)
  }

  @Test func aHigherStageBeginsWithALowerOne() throws {
    let cache = PrefixRun.cache()
    let lower = try PrefixRun.trainer(PrefixRun.model(.attention), cache)
    try lower.advance(by: 4)
    func products(_ cache: PrefixCache) throws -> Int {
      let net = try PrefixRun.model(.head)
      return try ProductTrace.record {
        _ = try net.evaluate(lower.train, cache: cache)
      }.count
    }
    let (shared, alone) = (try products(cache), try products(PrefixRun.cache()))
    // One layer of three, and no embeddings.
    #expect(Double(shared) < 0.4 * Double(alone))
    let net = try PrefixRun.model(.head)
    let values = try net.evaluate(lower.train, cache: cache).logits
    #expect(try values == net.evaluate(lower.train, cache: PrefixRun.cache()).logits)
  }
}
