import TestSupport
import Testing

@testable import ASTKit

/// Weights and draws that make up for classes of different sizes.
struct ClassBalanceTests {
  private func view(_ counts: [String: Int]) throws -> DatasetView {
    let folder = try TemporaryFolder()
    try folder.writeTones(counts)
    let listing = try FolderSource(path: folder.path).listing()
    return try Dataset.load(
      listing, settings: FeatureSettings(melBins: 4, frames: 2), cache: .none
    ).all
  }

  /// sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2],
  /// y=[0]*6 + [1]*3 + [2]*1) is [0.55555556, 1.11111111, 3.33333333].
  @Test("Balanced weights are scikit-learn's; of positives, negatives over positives")
  func weights() throws {
    let clips = try view(["a": 6, "b": 3, "c": 1])
    let found = try #require(try ClassWeights.balanced.values(for: clips))
    for (weight, right) in zip(found, [10.0 / 18, 10.0 / 9, 10.0 / 3]) {
      #expect(abs(weight - right) < 1e-12)
    }
    let part = DatasetView(dataset: clips.dataset, indices: [0, 1, 6], name: "part")
    #expect(try ClassWeights.balanced.values(for: part) == [0.75, 1.5, 1])
    let several = try SeveralLabels.load().all
    #expect(several.counts == [5, 5, 4] && several.negatives == 2)
    #expect(try ClassWeights.balanced.values(for: several) == [1.4, 1.4, 2])
    #expect(try ClassWeights.given(["b": 3]).values(for: clips) == [1, 3, 1])
    #expect(try ClassWeights.equal.values(for: clips) == nil)
    #expect(throws: EngineError.unknownName(kind: "class", name: "B", known: ["a", "b", "c"])) {
      try ClassWeights.given(["B": 3]).values(for: clips)
    }
    for bad in [0, -1, .nan, .infinity] {
      #expect(throws: EngineError.self) { try ClassWeights.given(["a": bad]).validate() }
    }
  }

  @Test("Balanced draws have all classes alike, the same for a seed and an epoch")
  func sampling() throws {
    let clips = try view(["a": 16, "b": 4, "c": 1])
    let batches = try Batches(clips, size: 4, seed: 5, sampling: .balanced)
    #expect(batches.count == 6 && batches.order(epoch: 0).count == 21)
    #expect(batches.order(epoch: 3) == batches.order(epoch: 3))
    #expect(batches.order(epoch: 0) != batches.order(epoch: 1))
    var drawn = [Int](repeating: 0, count: clips.count)
    for epoch in 0..<1000 { for index in batches.order(epoch: epoch) { drawn[index] += 1 } }
    // 21,000 draws: each class a third of them, within five standard deviations, and each clip of a
    // class as often as the others.
    for (first, count) in [(0, 16), (16, 4), (20, 1)] {
      let own = drawn[first..<(first + count)]
      #expect(abs(own.reduce(0, +) - 7000) < 5 * 69)
      for times in own { #expect(abs(Double(times) - 7000 / Double(count)) < 5 * 84) }
    }
    // A negative counts as one of its kind, and of several classes the rarest does.
    let several = try SeveralLabels.load().all
    let some = DatasetView(dataset: several.dataset, indices: [0, 9, 5, 3, 7, 4], name: "some")
    var times = [Int: Int]()
    let order = try Batches(some, size: 1, seed: 1, sampling: .balanced)
    for epoch in 0..<2000 {
      for index in order.order(epoch: epoch) { times[index, default: 0] += 1 }
    }
    // Weights 1/3, 1/3, 1/2, 1/2, 1/2, 1/2 of a, a, a + c, none, none, c.
    for (index, share) in [0: 2.0, 9: 2, 5: 3, 3: 3, 7: 3, 4: 3] {
      #expect(abs(Double(times[index] ?? 0) / 12000 - share / 16) < 0.02)
    }
  }
}
