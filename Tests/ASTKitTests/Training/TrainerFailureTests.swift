import ASTKit
import TestSupport
import Testing

/// What cannot be trained is refused before it begins, and what goes wrong in a step leaves the
/// weights of the last good one.
struct TrainerFailureTests {
  let clips: DatasetView

  init() throws { clips = try TinyData.load() }

  @Test func nanStopsAndTheRunCanGoOn() throws {
    let net = try TinyRun.model()
    let trainer = try Trainer(net, train: clips, TinyRun.settings(epochs: 3))
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
    let net = try TinyRun.model()
    let trainer = try Trainer(net, train: clips, TinyRun.settings())
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
    let net = try TinyRun.model()
    var settings = TinyRun.settings(epochs: 50, rate: 10)
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
    let net = try TinyRun.model()
    var settings = TinyRun.settings(epochs: 1, batch: 13, rate: 10)
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

  @Test func whatDoesNotFitIsRefused() throws {
    func refusal(
      _ net: AudioClassifier, _ settings: TrainingSettings? = nil
    ) throws -> String {
      let before = net.allValues
      let error = try #require(throws: (any Error).self) {
        try Trainer(net, train: clips, settings ?? TinyRun.settings())
      }
      #expect(net.allValues == before && net.features == nil)
      return "\(error)"
    }
    #expect(
      try refusal(TinyRun.model(), TinyRun.settings(batch: 14)).contains(
        "a batch of 14 is larger than"))
    #expect(
      try refusal(TinyModel.classifier(classes: ["a", "b", "x"])).hasPrefix(
        "the model has no class 'c', it knows a, b, x"))
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
      var settings = TinyRun.settings()
      change(&settings)
      #expect(try refusal(TinyRun.model(), settings).contains("'\(name)'"))
    }
    let trainer = try Trainer(TinyRun.model(), train: clips, TinyRun.settings())
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
    let trainer = try Trainer(net, train: clips, TinyRun.settings())
    try trainer.advance(by: 3)
    let before = net.allValues
    let error = #expect(throws: EngineError.self) { try trainer.advance(by: 1) }
    #expect(error?.message.contains("no batch of one clip") == true)
    #expect(net.allValues == before)
    #expect(trainer.step == 3)
  }

  @Test func nothingTrainableIsRefused() throws {
    let net = try TinyModel.classifier()
    try net.setTrainable(false, matching: "*")
    let error = #expect(throws: EngineError.self) {
      try Trainer(net, train: clips, TinyRun.settings())
    }
    #expect(error?.message.contains("nothing in the model is trainable") == true)
  }

  @Test func logitsThatAreNotFiniteAreCounted() throws {
    let net = try TinyModel.classifier()
    #expect(try net.evaluate(clips).notFinite == 0)
    net.head.parameters[0].value.pointer[0] = .nan
    #expect(try net.evaluate(clips).notFinite == clips.count)
  }
}
