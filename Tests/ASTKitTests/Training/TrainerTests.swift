import ASTKit
import Foundation
import TestSupport
import Testing

/// A run gives the same weights however it is cut into pieces, and never leaves bad ones.
struct TrainerTests {
  let clips: DatasetView
  let folder: TemporaryFolder
  let masks: SpecAugment

  init() throws {
    masks = try SpecAugment(frequencyMask: 4, timeMask: 6)
    clips = try TinyData.load()
    folder = try TemporaryFolder()
  }

  private func settings(epochs: Int = 2, batch: Int = 4, rate: Double = 5e-3) -> TrainingSettings {
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (epochs, batch, rate)
    settings.keep = .last
    settings.augmentation = masks
    return settings
  }

  /// With batch norm and dropout, so that all that is random or remembered takes part.
  private func model() throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)])
    try net.attach("convpass", ["rate": .number(4), "dropout": .number(0.2)], layers: [1])
    return net
  }

  private func bytes(_ net: AudioClassifier) throws -> Data {
    try AdapterFile.save(net, to: folder.file("a.safetensors"))
    return try Data(contentsOf: folder.url.appendingPathComponent("a.safetensors"))
  }

  @Test func sameSeedSameBytes() throws {
    func run(seed: Int) throws -> (Data, [Double]) {
      let net = try model()
      var settings = settings()
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
    let whole = try model()
    let trainer = try Trainer(whole, train: clips, valid: clips, settings())
    #expect(try !trainer.advance())
    #expect(trainer.isFinished && trainer.step == 8 && trainer.epoch == 2)

    let paused = try model()
    let inPieces = try Trainer(paused, train: clips, valid: clips, settings())
    let flag = InterruptFlag()
    let stopped = try inPieces.advance(interrupt: flag) { if $0.step == 3 { flag.raise() } }
    #expect(stopped && inPieces.step == 3 && !inPieces.isFinished)
    // Ctrl-C while validating: the validation is done when the run goes on.
    flag.clear()
    #expect(try inPieces.advance(interrupt: flag) { if $0.step == 4 { flag.raise() } })
    #expect(inPieces.step == 4 && inPieces.history.validations.isEmpty)
    flag.clear()
    #expect(try !inPieces.advance(interrupt: flag))

    let stepped = try model()
    let byOne = try Trainer(stepped, train: clips, valid: clips, settings())
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

  @Test func nanStopsAndTheRunCanGoOn() throws {
    let net = try model()
    let trainer = try Trainer(net, train: clips, settings(epochs: 3))
    try trainer.advance(by: 2)
    let good = net.allValues
    try trainer.advance(by: 1)
    // A third update that went wrong, as a rate that is far too high makes it.
    let weight = net.head.parameters[0].value
    for i in 0..<weight.count { weight.pointer[i] = .nan }
    let error = try #require(throws: EngineError.self) { try trainer.advance() }
    #expect(error == .notFinite(what: "the loss", step: 4))
    #expect(error.hint?.contains("learning rate") == true)
    // The weights that the last finite loss was computed with; statistics of step 3 on.
    let now = net.allValues
    for (name, values) in good where !name.contains("bnorm.running") && !name.contains("num_b") {
      #expect(now[name] == values, "\(name)")
    }
    #expect(now.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(trainer.step == 3 && trainer.history.losses.count == 3)

    try trainer.setLearningRate(1e-4)
    #expect(try !trainer.advance())
    #expect(trainer.isFinished && trainer.history.losses.allSatisfy(\.isFinite))
    #expect(net.allValues.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(trainer.history.learningRates.suffix(9).allSatisfy { $0 <= 1e-4 })
  }

  @Test func nanInTheFirstStepChangesNothing() throws {
    let net = try model()
    let trainer = try Trainer(net, train: clips, settings())
    let before = net.allValues
    // A gradient that is not finite though the loss is: 1e38 overflows on the way back.
    let norm = try #require(net.backbone.parameters.first { $0.name == "layernorm.weight" })
    norm.value.pointer[0] = .infinity
    #expect(throws: EngineError.self) { try trainer.advance() }
    norm.value.pointer[0] = try #require(before["layernorm.weight"]?[0])
    #expect(net.allValues == before)
    #expect(trainer.step == 0 && trainer.history.losses.isEmpty)
    try trainer.advance(by: 1)
    #expect(trainer.step == 1)
  }

  /// The highest rate and decay there are multiply the weights by -8.9 a step.
  @Test func aRateFarTooHighStopsWithFiniteWeights() throws {
    let net = try model()
    var settings = settings(epochs: 50, rate: 10)
    settings.optimiser.weightDecay = 0.99
    settings.schedule = .constant
    let trainer = try Trainer(net, train: clips, settings)
    let error = try #require(throws: EngineError.self) { try trainer.advance() }
    guard case .notFinite(_, let step) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(step == trainer.step + 1)
    for (name, values) in net.allValues { #expect(values.allSatisfy { $0.isFinite }, "\(name)") }
  }

  /// Nothing is computed with the weights of the last update, so they are looked at.
  @Test func theLastUpdateIsCheckedToo() throws {
    let net = try model()
    var settings = settings(epochs: 1, batch: 13, rate: 10)
    settings.optimiser.weightDecay = 0.99
    let trainer = try Trainer(net, train: clips, settings)
    let weight = net.head.parameters[0].value
    // Small enough for a finite loss, too large to be multiplied by -8.9.
    for i in 0..<weight.count { weight.pointer[i] = 1e38 * (i == 0 ? 1 : 0) }
    let before = net.allValues
    let error = try #require(throws: EngineError.self) { try trainer.advance() }
    #expect("\(error)".contains("not a finite number at step 1"))
    for (name, values) in net.allValues {
      #expect(values.allSatisfy { $0.isFinite }, "\(name)")
      if !name.contains("bnorm") { #expect(values == before[name], "\(name)") }
    }
  }

  @Test func keepsTheBestOrTheLast() throws {
    for keep in TrainingSettings.Keep.allCases {
      let net = try model()
      var settings = settings(epochs: 4, rate: 0.2)
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
    let net = try model()
    var settings = settings(epochs: 3, rate: 10)
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
    try Trainer(net, train: clips, settings()).advance()
    #expect(net.allValues["layernorm.weight"] == before["layernorm.weight"])
    #expect(net.allValues["classification_head.weight"] != before["classification_head.weight"])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    func refusal(
      _ net: AudioClassifier, _ settings: TrainingSettings? = nil
    ) throws -> String {
      let before = net.allValues
      let error = try #require(throws: (any Error).self) {
        try Trainer(net, train: clips, settings ?? self.settings())
      }
      #expect(net.allValues == before && net.features == nil)
      return "\(error)"
    }
    #expect(
      try refusal(model(), settings(batch: 14)).contains("a batch of 14 is larger than"))
    #expect(
      try refusal(TinyModel.classifier(classes: ["a", "b", "x"]))
        == "the model tells apart 3 classes (a, b, x), the data has 3 classes (a, b, c)")
    var sizes = TinyModel.sizes()
    sizes.frames = 46
    let source = RandomParameters(seed: 1)
    let longer = try AudioClassifier(
      backbone: ASTModel(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 3, from: source),
      classes: clips.classes)
    #expect(
      try refusal(longer)
        == "the model takes 46 frames of 36 mel bins, the data has 36 of 36")
    for (name, change) in [
      ("epochs", { $0.epochs = 0 }), ("batch", { $0.batch = 0 }),
      ("lr", { $0.learningRate = 0 }), ("lr", { $0.learningRate = .nan }),
      ("lr", { $0.learningRate = 11 }), ("warmup", { $0.warmup = -1 }),
      ("weight_decay", { $0.optimiser.weightDecay = 1 }),
    ] as [(String, (inout TrainingSettings) -> Void)] {
      var settings = settings()
      change(&settings)
      #expect(try refusal(model(), settings).contains("'\(name)'"))
    }
    let trainer = try Trainer(model(), train: clips, settings())
    #expect(throws: EngineError.self) { try trainer.setLearningRate(-1) }
    #expect(trainer.learningRate == 5e-3)
  }

  /// The single slot of a single clip leaves batch norm nothing to measure.
  @Test func aBatchThatIsRefusedChangesNothing() throws {
    let net = try TinyModel.classifier()
    try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)], layers: [0])
    try net.attach(
      "softmoa", ["experts": .text("conformer"), "rate": .number(4), "kernel": .number(3)],
      layers: [1])
    #expect(try ModelSummary(net).forwardFlops > 0)
    let trainer = try Trainer(net, train: clips, settings())
    try trainer.advance(by: 3)
    let before = net.allValues
    let error = #expect(throws: EngineError.self) { try trainer.advance(by: 1) }
    #expect(error?.message.contains("no batch of one clip") == true)
    #expect(net.allValues == before)
    #expect(trainer.step == 3)
  }

  @Test func anEpochIsReportedWithItsOwnMeans() throws {
    let trainer = try Trainer(model(), train: clips, valid: clips, settings())
    var rows: [TrainingProgress] = []
    try trainer.advance { if $0.validation != nil { rows.append($0) } }
    for (epoch, row) in rows.enumerated() {
      let losses = trainer.history.losses[(4 * epoch)..<(4 * epoch + 4)]
      #expect(abs(row.loss - losses.reduce(0, +) / 4) < 1e-12)
    }
    #expect(rows.count == 2 && rows[1].loss == trainer.epochMeans.loss)
  }

  @Test func nothingTrainableIsRefused() throws {
    let net = try TinyModel.classifier()
    try net.setTrainable(false, matching: "*")
    let error = #expect(throws: EngineError.self) { try Trainer(net, train: clips, settings()) }
    #expect(error?.message.contains("nothing in the model is trainable") == true)
  }

  @Test func logitsThatAreNotFiniteAreCounted() throws {
    let net = try TinyModel.classifier()
    #expect(try net.evaluate(clips).notFinite == 0)
    net.head.parameters[0].value.pointer[0] = .nan
    #expect(try net.evaluate(clips).notFinite == clips.count)
  }

  @Test func moreStepsThanThereAreGoToTheEnd() throws {
    let trainer = try Trainer(model(), train: clips, settings())
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
