import TestSupport
import Testing

@testable import ASTKit

/// Runs on clips with several classes, and the losses that a run may choose.
struct SeveralLabelsTrainingTests {
  private func settings(_ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TinyRun.settings(epochs: 2, batch: 4, rate: 1e-2)
    settings.augmentation = nil
    change(&settings)
    return settings
  }

  /// The first step of a run on all clips: its loss, and the head's gradient.
  private func first(
    _ view: DatasetView, _ settings: TrainingSettings
  ) throws -> (loss: Double, gradient: [Float]) {
    let net = try TinyModel.classifier()
    let trainer = try Trainer(net, train: view, settings)
    var gradient: [Float] = []
    let batch = trainer.batches.epoch(0)[0]
    let outcome = try trainer.trainingStep().take(
      trainer.parts(of: batch), clips: batch.count, random: RandomSource(seed: 1),
      rate: { _ in 0 },
      watch: { _ in gradient = net.head.parameters.flatMap { $0.gradient?.values ?? [] } })
    return (outcome.loss, gradient)
  }

  @Test("The loss is binary cross-entropy, the accuracy the F1 of all decisions at 0.5")
  func loss() throws {
    let set = try SeveralLabels.load()
    let net = try TinyModel.classifier()
    let result = try net.evaluate(set.all)
    let all = settings { ($0.batch, $0.epochs) = (12, 1) }
    let trainer = try Trainer(net, train: set.all, all)
    try trainer.advance()
    #expect(abs(trainer.history.losses[0] - result.loss) < 1e-6)
    #expect(abs(trainer.history.accuracies[0] - result.microF1) < 1e-12)
  }

  @Test("A model that is trained on clips of one class each has no thresholds any more")
  func oneClassAgain() throws {
    let net = try TinyModel.classifier()
    let several = try Trainer(net, train: SeveralLabels.load().all, settings())
    try several.advance(by: 1)
    #expect(net.thresholds == [0.5, 0.5, 0.5])
    let one = try Trainer(net, train: TinyData.load(), settings())
    try one.advance(by: 1)
    #expect(net.thresholds == nil)
  }

  @Test("Training lowers it; the end leaves the thresholds of the best epoch by mean precision")
  func thresholds() throws {
    let set = try SeveralLabels.load()
    let net = try TinyModel.classifier()
    let run = settings { ($0.epochs, $0.keep) = (6, .best) }
    let trainer = try Trainer(net, train: set.all, valid: set.all, run)
    let before = try net.evaluate(set.all).loss
    try trainer.advance(by: 5)
    // Until the end those that say no more than that a clip may have several classes.
    #expect(net.thresholds == [0.5, 0.5, 0.5] && !trainer.hasChosenThresholds)
    try trainer.advance()
    // In the batches of the run, for the sums to be the same to the bit.
    let after = try net.evaluate(set.all, batch: 4)
    #expect(after.loss < before && trainer.hasChosenThresholds)
    #expect(net.thresholds == after.bestThresholds)
    let best = try #require(trainer.history.bestEpoch)
    let means = trainer.history.validations.map(\.accuracy)
    #expect(means[best - 1] == means.max())
    #expect(try after.classRankings().meanAveragePrecision == means[best - 1])

    let last = try TinyModel.classifier()
    try Trainer(last, train: set.all, valid: set.all, settings()).advance()
    #expect(try last.thresholds == last.evaluate(set.all, batch: 4).bestThresholds)
    let single = try TinyData.load()
    #expect(throws: EngineError.self) { try Trainer(net, train: set.all, valid: single, run) }
    // 'predict' would otherwise take each class for a question of its own.
    try Trainer(net, train: single, valid: single, settings()).advance()
    #expect(net.thresholds == nil)
  }

  @Test("Weights and smoothing act, and several parts are the larger batch to rounding")
  func parts() throws {
    let several = try SeveralLabels.load().all, single = try TinyData.load()
    for view in [several, single] {
      let plain = try first(view, settings())
      for change: (inout TrainingSettings) -> Void in [
        { $0.weights = .given(["a": 0.25, "c": 3]) }, { $0.smoothing = 0.2 },
        { ($0.weights, $0.smoothing) = (.balanced, 0.1) },
      ] {
        let whole = try first(view, settings(change))
        let parts = try first(
          view,
          settings {
            change(&$0)
            ($0.batch, $0.accumulate) = (1, 4)
          })
        #expect(abs(whole.loss - parts.loss) < 1e-5)
        for (a, b) in zip(whole.gradient, parts.gradient) { #expect(abs(a - b) < 1e-5) }
        if view.hasSeveralLabels { #expect(abs(whole.loss - plain.loss) > 1e-4) }
      }
    }
  }

  @Test("Settings that make no sense are refused by name")
  func refused() throws {
    let view = try TinyData.load()
    for change: (inout TrainingSettings) -> Void in [
      { $0.smoothing = 1 }, { $0.smoothing = -0.1 }, { $0.mixup = 1.5 }, { $0.mixup = .nan },
      { $0.weights = .given(["a": -1]) }, { $0.weights = .given(["nothing": 1]) },
      { $0.soundChanges = [.shift(seconds: -1)] },
    ] {
      #expect(throws: EngineError.self) {
        try Trainer(TinyModel.classifier(), train: view, settings(change))
      }
    }
  }
}
