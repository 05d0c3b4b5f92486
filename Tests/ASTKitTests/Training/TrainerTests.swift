import ASTKit
import Foundation
import TestSupport
import Testing

/// A run gives the same weights however it is cut into pieces, and never leaves bad ones.
struct TrainerTests {
  let clips: DatasetView
  let folder: TemporaryFolder

  init() throws {
    clips = try TinyData.load()
    folder = try TemporaryFolder()
  }

  private func bytes(_ net: AudioClassifier) throws -> Data {
    try AdapterFile.save(net, to: folder.file("a.safetensors"))
    return try Data(contentsOf: folder.url.appendingPathComponent("a.safetensors"))
  }

  @Test func sameSeedSameBytes() throws {
    func run(seed: Int) throws -> (Data, [Double]) {
      let net = try TinyRun.model()
      var settings = TinyRun.settings()
      settings.seed = seed
      let trainer = try Trainer(net, train: clips, valid: clips, settings)
      try trainer.advance()
      return (try bytes(net), trainer.history.losses)
    }
    let first = try run(seed: 1)
    #expect(try run(seed: 1) == first)
    #expect(try run(seed: 2) != first)
    #expect(first.1.count == 8 && first.1.allSatisfy(\.isFinite))
  }

  @Test func pausedOrStepByStepIsTheSame() throws {
    let whole = try TinyRun.model()
    let trainer = try Trainer(whole, train: clips, valid: clips, TinyRun.settings())
    #expect(try !trainer.advance())
    #expect(trainer.isFinished && trainer.step == 8 && trainer.epoch == 2)

    let paused = try TinyRun.model()
    let inPieces = try Trainer(paused, train: clips, valid: clips, TinyRun.settings())
    let flag = InterruptFlag()
    let stopped = try inPieces.advance(interrupt: flag) { if $0.step == 3 { flag.raise() } }
    #expect(stopped && inPieces.step == 3 && !inPieces.isFinished)
    // Ctrl-C while validating: the validation is done when the run goes on.
    flag.clear()
    #expect(try inPieces.advance(interrupt: flag) { if $0.step == 4 { flag.raise() } })
    #expect(inPieces.step == 4 && inPieces.history.validations.isEmpty)
    flag.clear()
    #expect(try !inPieces.advance(interrupt: flag))

    let stepped = try TinyRun.model()
    let byOne = try Trainer(stepped, train: clips, valid: clips, TinyRun.settings())
    while !byOne.isFinished { try byOne.advance(by: 1) }

    let wanted = try bytes(whole)
    #expect(try bytes(paused) == wanted)
    #expect(try bytes(stepped) == wanted)
    for other in [inPieces, byOne] {
      #expect(other.history.losses == trainer.history.losses)
      #expect(other.history.learningRates == trainer.history.learningRates)
      #expect(other.history.validations == trainer.history.validations)
    }
  }

  @Test func keepsTheBestOrTheLast() throws {
    for keep in TrainingSettings.Keep.allCases {
      let net = try TinyRun.model()
      var settings = TinyRun.settings(epochs: 4, rate: 0.2)
      (settings.keep, settings.schedule) = (keep, .constant)
      let trainer = try Trainer(net, train: clips, valid: clips, settings)
      var byEpoch: [[String: [Float]]] = []
      try trainer.advance { if $0.validation != nil { byEpoch.append(net.allValues) } }
      #expect(trainer.history.validations.count == 4 && byEpoch.count == 4)
      let after = try net.evaluate(clips, batch: 4)
      if keep == .best {
        let best = try #require(trainer.history.bestEpoch)
        let validations = trainer.history.validations
        #expect(validations.allSatisfy { $0.accuracy <= validations[best - 1].accuracy })
        #expect(after.loss == validations[best - 1].loss)
      } else {
        #expect(trainer.history.bestEpoch == nil)
        #expect(after.loss == trainer.history.validations.last?.loss)
        #expect(net.allValues == byEpoch.last)
      }
    }
  }

  /// What is unfrozen in mid-run belongs to the best weights too, as it was then.
  @Test func theBestWeightsAreThoseThatWereMeasured() throws {
    let net = try TinyRun.model()
    var settings = TinyRun.settings(epochs: 3, rate: 10)
    settings.keep = .best
    let trainer = try Trainer(net, train: clips, valid: clips, settings)
    try trainer.setLearningRate(1e-3)
    try trainer.advance(by: trainer.stepsPerEpoch)
    let (measured, loss) = (net.allValues, try #require(trainer.history.validations.first?.loss))
    try net.setTrainable(true, matching: "encoder.layer.0.*")
    try trainer.setLearningRate(10)
    try trainer.advance()
    guard trainer.history.bestEpoch == 1 else { return }
    #expect(net.allValues == measured)
    #expect(try net.evaluate(clips, batch: 4).loss == loss)
  }

  @Test func theNormOfLinearProbingHasItsOwnRate() throws {
    let net = try TinyModel.classifier()
    try net.attach("linear", ["backbone_lr": .number(0)])
    let before = net.allValues
    try Trainer(net, train: clips, TinyRun.settings()).advance()
    #expect(net.allValues["layernorm.weight"] == before["layernorm.weight"])
    #expect(net.allValues["classification_head.weight"] != before["classification_head.weight"])
  }

  @Test func anEpochIsReportedWithItsOwnMeans() throws {
    let trainer = try Trainer(TinyRun.model(), train: clips, valid: clips, TinyRun.settings())
    var rows: [TrainingProgress] = []
    try trainer.advance { if $0.validation != nil { rows.append($0) } }
    for (epoch, row) in rows.enumerated() {
      let losses = trainer.history.losses[(4 * epoch)..<(4 * epoch + 4)]
      let sum = zip(losses, [4, 4, 4, 1]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(row.loss - sum / 13) < 1e-12)
    }
    #expect(rows.count == 2 && rows[1].loss == trainer.epochMeans.loss)
  }

  @Test func moreStepsThanThereAreGoToTheEnd() throws {
    let trainer = try Trainer(TinyRun.model(), train: clips, TinyRun.settings())
    try trainer.advance(by: 1)
    try trainer.advance(by: .max)
    #expect(trainer.isFinished)
  }

  /// In a process of its own: the pool's numbers are those of all tests that run. On several
  /// threads, so that memory taken inside a parallel loop would show.
  @Test func aSteadyStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 3
      let clips = try TinyData.load()
      let net = try TinyModel.classifier()
      try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
      var settings = TrainingSettings()
      (settings.epochs, settings.batch) = (25, 13)
      let trainer = try Trainer(net, train: clips, settings)
      try trainer.advance(by: 3)
      let before = BufferPool.shared.statistics
      for step in 4...23 {
        try trainer.advance(by: 1)
        let now = BufferPool.shared.statistics
        let holds =
          now.systemAllocations == before.systemAllocations
          && now.bytesInUse == before.bytesInUse && now.peakInUse == before.peakInUse
        try #require(holds, "step \(step): \(now) after \(before)")
      }
    }
  }
}
