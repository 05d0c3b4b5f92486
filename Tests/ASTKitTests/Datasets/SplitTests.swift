import TestSupport
import Testing

@testable import ASTKit

/// Every class keeps its share in every part, the parts never overlap, and seed and file names
/// alone decide.
struct SplitTests {
  /// A data set of tiny real files.
  func dataset(_ classes: [String: Int]) throws -> DatasetView {
    let folder = try TemporaryFolder()
    try folder.writeTones(classes, samples: 400)
    let listing = try FolderSource(path: folder.path).listing()
    let settings = FeatureSettings(melBins: 4, frames: 1)
    return try Dataset.load(listing, settings: settings, cache: .none).all
  }

  @Test func everyClassKeepsItsShare() throws {
    let whole = try dataset(["a": 20, "b": 10, "c": 7])
    let split = try Split.stratified(whole, train: 0.7, valid: 0.15, test: 0.15, seed: 10)
    let parts = [split.train, try #require(split.valid), try #require(split.test)]
    #expect(parts.map(\.name) == ["train", "valid", "test"])
    #expect(parts.flatMap(\.indices).sorted() == whole.indices)
    #expect(split.train.counts == [14, 7, 5])
    for part in parts { #expect(part.indices == part.indices.sorted()) }
    // 10 * 0.15 is 1.5 twice: one part gets 2, the other 1; class c's 1.05 gives each 1.
    #expect(parts[1].counts[0] == 3 && parts[2].counts[0] == 3)
    #expect(parts[1].counts[1] + parts[2].counts[1] == 3)
    #expect(parts[1].counts[2] == 1 && parts[2].counts[2] == 1)
  }

  /// Equal remainders alternate, so the parts keep their sizes over many classes.
  @Test func tiesAreShared() {
    var quotas = StratifiedQuotas(fractions: [0.7, 0.15, 0.15])
    var sums = [0, 0, 0]
    for _ in 0..<10 {
      for (part, size) in quotas.next(10).enumerated() { sums[part] += size }
    }
    #expect(sums == [70, 15, 15])
  }

  @Test func theSeedDecides() throws {
    let whole = try dataset(["a": 20, "b": 20])
    func train(_ view: DatasetView, _ seed: UInt64) throws -> [String] {
      try Split.stratified(view, train: 0.5, test: 0.5, seed: seed).train.clips.map(\.name)
    }
    let first = try train(whole, 1)
    #expect(try train(whole, 1) == first)
    #expect(try train(whole, 2) != first)
    // The same files in another place.
    #expect(try train(dataset(["a": 20, "b": 20]), 1) == first)
    // Another class beside them moves no clip of theirs.
    let more = try train(dataset(["a": 20, "b": 20, "c": 20]), 1).filter { !$0.hasPrefix("c") }
    #expect(more == first)
  }

  @Test func smallClassesReachEveryPart() throws {
    let whole = try dataset(["a": 30, "b": 3])
    let split = try Split.stratified(whole, train: 0.8, valid: 0.1, test: 0.1, seed: 1)
    #expect(split.train.counts == [24, 1])
    #expect(split.valid?.counts == [3, 1])
    #expect(split.test?.counts == [3, 1])
  }

  @Test func classWithOneClipIsNamed() throws {
    let whole = try dataset(["a": 5, "lonely": 1, "pair": 2])
    let error = #expect(throws: DatasetError.self) {
      try Split.stratified(whole, train: 0.7, valid: 0.15, test: 0.15, seed: 1)
    }
    #expect(
      error?.message
        == "class 'lonely' has 1 clip, class 'pair' has 2 clips, a split into 3 parts needs at "
        + "least 3 a class")
  }

  @Test func fractionsThatLeaveSomeOver() throws {
    let whole = try dataset(["a": 10, "b": 10])
    let split = try Split.stratified(whole, train: 0.5, test: 0.2, seed: 1)
    #expect(split.train.counts == [5, 5])
    #expect(split.test?.counts == [2, 2])
    #expect(split.valid == nil)
  }

  @Test func fewShot() throws {
    let whole = try dataset(["a": 10, "b": 20])
    func split(_ perClass: Int?) throws -> Split {
      try Split.stratified(whole, train: 0.5, test: 0.5, seed: 1, perClass: perClass)
    }
    let few = try split(3)
    let all = try split(nil)
    #expect(few.train.counts == [3, 3])
    #expect(Set(few.train.indices).isSubset(of: all.train.indices))
    #expect(few.test?.indices == all.test?.indices)
    #expect(
      throws: DatasetError.classTooSmall(
        classes: [.init(name: "a", count: 5)], needed: 6, what: "'perClass' in training")
    ) { try split(6) }
    #expect(throws: DatasetError.perClass(0)) { try split(0) }
  }

  @Test(arguments: [0, -0.1, 1.5, Double.nan, .infinity])
  func wrongFraction(value: Double) throws {
    let whole = try dataset(["a": 3, "b": 3])
    let error = #expect(throws: DatasetError.self) {
      try Split.stratified(whole, train: 0.5, valid: value, seed: 1)
    }
    #expect(error?.message.hasPrefix("the fraction 'valid' must be above 0") == true)
  }

  @Test func fractionsAboveOne() throws {
    let whole = try dataset(["a": 3, "b": 3])
    #expect(throws: DatasetError.fractionSum(1.25)) {
      try Split.stratified(whole, train: 0.75, test: 0.5, seed: 1)
    }
  }
}
