import ASTKit
import TestSupport
import Testing

/// Each epoch visits every clip once, in an order that seed and epoch decide.
struct BatchesTests {
  let whole: DatasetView

  init() throws {
    let folder = try TemporaryFolder()
    try folder.writeTones(["a": 6, "b": 5], samples: 400)
    let listing = try FolderSource(path: folder.path).listing()
    let settings = FeatureSettings(melBins: 4, frames: 2)
    whole = try Dataset.load(listing, settings: settings, cache: .none).all
  }

  @Test func epochsVisitEveryClipOnce() throws {
    let batches = try Batches(whole, size: 4, seed: 5)
    #expect(batches.count == 3)
    #expect(batches.epoch(0).map(\.count) == [4, 4, 3])
    #expect(batches.epoch(0).flatMap { $0 }.sorted() == whole.indices)
    #expect(batches.order(epoch: 0) != batches.order(epoch: 1))
    #expect(batches.order(epoch: 1) == (try Batches(whole, size: 2, seed: 5)).order(epoch: 1))
    #expect(batches.order(epoch: 0) != (try Batches(whole, size: 4, seed: 6)).order(epoch: 0))
  }

  @Test func evaluationKeepsTheOrder() throws {
    let batches = try Batches(inOrder: whole, size: 100)
    #expect(batches.epoch(3).map { Array($0) } == [whole.indices])
    #expect(batches.count == 1)
  }

  @Test func batchLargerThanTheDataSet() throws {
    let error = DatasetError.batchTooLarge(batch: 12, clips: 11, part: whole.name)
    #expect(throws: error) { try Batches(whole, size: 12, seed: 1) }
    #expect(error.message.contains("a batch of 12 is larger than"))
    #expect(throws: DatasetError.batchSize(0)) { try Batches(whole, size: 0, seed: 1) }
    #expect(throws: DatasetError.batchSize(-1)) { try Batches(inOrder: whole, size: -1) }
  }

  @Test func fillTakesTheClipsAsked() throws {
    let batches = try Batches(whole, size: 4, seed: 1)
    let batch = batches.epoch(0)[2]
    let (input, labels, lengths) = try batches.fill(batch)
    #expect(input.shape == [3, 2, 4])
    #expect(labels == batch.map { whole.dataset.clips[$0].label })
    #expect(lengths.count == 3 && lengths.allSatisfy { (1...2).contains($0) })
    for (row, index) in batch.enumerated() {
      let alone = try batches.fill([index]).input.values
      #expect(Array(input.elements[(row * 8)..<(row * 8 + 8)]) == alone)
    }
  }
}
