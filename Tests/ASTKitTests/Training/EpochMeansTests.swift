import TestSupport
import Testing

@testable import ASTKit

/// What an epoch reports is a mean over its clips, whatever the size of their batches.
struct EpochMeansTests {
  /// Three epochs of ten clips in batches of 4, 4 and 2.
  private var history: TrainingHistory {
    var history = TrainingHistory()
    history.losses = [
      0.72767621, 0.66765124, 0.79319829, 0.51361483, 0.59574550, 0.78447777, 0.62002444,
      0.47863415, 0.70662183,
    ]
    history.accuracies = [0.5, 0.5, 0.5, 0.75, 0.5, 0.5, 0.5, 1, 0.5]
    history.clips = [4, 4, 2, 4, 4, 2, 4, 4, 2]
    return history
  }

  @Test func aSmallLastBatchCountsForItsClips() {
    let means = [0..<3, 3..<6, 6..<9].map { history.means(over: $0) }
    for (found, right) in zip(means.map(\.loss), [0.71677055, 0.60063969, 0.58078780]) {
      #expect(abs(found - right) < 1e-7)
    }
    for (found, right) in zip(means.map(\.accuracy), [0.5, 0.6, 0.7]) {
      #expect(abs(found - right) < 1e-12)
    }
  }

  @Test func ofABegunEpochCountsWhatIsDone() {
    var history = history
    history.losses.removeLast()
    history.accuracies.removeLast()
    history.clips.removeLast()
    #expect(abs(history.means(over: 6..<9).accuracy - 0.75) < 1e-12)
    #expect(history.means(over: 9..<12).loss.isNaN)
  }

  /// 13 clips in batches of 4: an accuracy is so many thirteenths, never a mean of quarters.
  @Test func aRunKnowsTheSizeOfEachBatch() throws {
    let clips = try TinyData.load()
    let trainer = try Trainer(
      TinyModel.classifier(), train: clips, valid: clips, TinyRun.settings(epochs: 1))
    var reported: [TrainingProgress] = []
    try trainer.advance { reported.append($0) }
    #expect(trainer.history.clips == [4, 4, 4, 1])
    let last = try #require(reported.last)
    #expect(abs(last.accuracy * 13 - (last.accuracy * 13).rounded()) < 1e-9)
    #expect(last.loss == trainer.epochMeans.loss && last.accuracy == trainer.epochMeans.accuracy)
  }

  /// One batch of all clips has the mean that batches of any size must add up to.
  @Test(arguments: [1, 4, 5, 12])
  func evaluationDoesNotDependOnTheBatch(size: Int) throws {
    let clips = try TinyData.load()
    let net = try TinyModel.classifier()
    let whole = try net.evaluate(clips, batch: 13)
    let parts = try net.evaluate(clips, batch: size)
    #expect(abs(parts.loss - whole.loss) < 1e-6 && parts.accuracy == whole.accuracy)
  }
}
