import ASTKit
import TestSupport
import Testing

/// What is trainable, and the values that attachments share with the model.
struct AudioClassifierTests {
  let input = TinyModel.input()

  /// Stands for training: everything that may change does.
  private func train(_ net: AudioClassifier, seed: UInt64) throws {
    TinyModel.scatter(net.trainableParameters, seed: seed, by: 0.1)
    _ = try net.forward(TinyModel.input(seed: seed), Tape(.training, recording: false))
  }

  @Test func namesToChooseFromAreAFew() throws {
    let error = #expect(throws: EngineError.self) {
      try TinyModel.classifier().setTrainable(false, matching: "zzzzzzzzzzzzzz*")
    }
    let hint = try #require(error?.hint)
    #expect(hint.hasPrefix("known: ") && hint.contains(" more") && hint.count < 600)
  }

  @Test func classesOfOneNameAreRefused() throws {
    let error = #expect(throws: EngineError.self) {
      try TinyModel.classifier(classes: ["a", "b", "a"])
    }
    #expect(error?.message.contains("'a' twice") == true)
  }

  @Test func aForwardPassCanBeLeft() throws {
    let net = try TinyModel.classifier(), interrupt = InterruptFlag()
    let tape = Tape(.inference, recording: false, interrupt: interrupt)
    _ = try net.forward(TinyModel.input(), tape)
    interrupt.raise()
    #expect(throws: EngineError.interrupted) { try net.forward(TinyModel.input(), tape) }
    #expect(throws: EngineError.interrupted) { try ModelSummary(net, interrupt: interrupt) }
  }

  @Test(arguments: PETLMethods.all.map { $0.kind })
  func disablingAndDetachingBringBackTheFormerModel(_ kind: String) throws {
    let net = try TinyModel.classifier()
    let (before, values) = (try net.logits(input), net.allValues)
    let settings: [String: SettingValue] =
      try PETLMethods.named(kind).settings.contains { $0.defaultValue == .number(96) }
      ? ["rate": .number(4)] : [:]
    try net.attach(kind, settings, name: "x")
    try train(net, seed: 5)
    let trained = try net.logits(input)
    #expect(trained != before)

    try net.setEnabled(false, "x")
    #expect(try net.logits(input) == before)
    #expect(Set(net.trainableParameters.map(\.name)) == Set(net.head.parameters.map(\.name)))
    try net.setEnabled(true, "x")
    #expect(try net.logits(input) == trained)
    try net.detach("x")
    #expect(try net.logits(input) == before)
    #expect(net.allValues == values)
  }

  @Test func twoSetsOnOneBackbone() throws {
    let net = try TinyModel.classifier()
    let plain = try net.logits(input)
    try net.attach("conformer", ["rate": .number(4), "kernel": .number(3)], name: "birds")
    try train(net, seed: 1)
    let birds = try net.logits(input)
    try net.setEnabled(false, "birds")
    try net.attach("lora", ["rank": .number(2)], name: "frogs")
    try train(net, seed: 2)
    let frogs = try net.logits(input)
    #expect(birds != frogs && birds != plain && frogs != plain)
    for _ in 0..<2 {
      try net.setEnabled(false, "frogs")
      #expect(try net.logits(input) == plain)
      try net.setEnabled(true, "birds")
      #expect(try net.logits(input) == birds)
      try net.setEnabled(false, "birds")
      try net.setEnabled(true, "frogs")
      #expect(try net.logits(input) == frogs)
    }
    try net.detach("birds")
    #expect(try net.logits(input) == frogs)
  }

  /// Switching a second set on and off again must not cost the first one its head and norms.
  @Test func aSetSwitchedOnOverAnotherLeavesItWhole() throws {
    let net = try TinyModel.classifier()
    try net.attach("bottleneck", ["rate": .number(4)], name: "first")
    try train(net, seed: 1)
    try net.setEnabled(false, "first")
    try net.attach("bottleneck", ["rate": .number(2)], name: "second")
    try train(net, seed: 2)
    let second = try net.logits(input)
    try net.setEnabled(true, "first")
    let both = try net.logits(input)
    #expect(both != second)
    try net.setEnabled(false, "first")
    #expect(try net.logits(input) == second)
    try net.setEnabled(true, "first")
    #expect(try net.logits(input) == both)
    // The other way round: what lies below goes, and comes back.
    try net.setEnabled(false, "second")
    let first = try net.logits(input)
    try net.setEnabled(true, "second")
    try net.setEnabled(false, "second")
    #expect(try net.logits(input) == first)
    try net.setEnabled(false, "first")
    try net.setEnabled(true, "second")
    #expect(try net.logits(input) == second)
  }

  /// What two attachments trained together stays when one of them goes.
  @Test func sharedValuesTrainedTogetherStay() throws {
    let net = try TinyModel.classifier()
    let original = net.head.parameters[0].value.values
    try net.attach("lora", name: "a")
    try net.attach("prefix", name: "b")
    try train(net, seed: 1)
    let head = net.head.parameters[0].value.values
    try net.setEnabled(false, "b")
    #expect(net.head.parameters[0].value.values == head)
    try net.setEnabled(false, "a")
    #expect(net.head.parameters[0].value.values == original)
  }

  @Test func detachingForGoodMakesAFreshStart() throws {
    let net = try TinyModel.classifier()
    #expect(net.trainableParameters.count == net.parameters.count)
    try net.attach("lora", ["rank": .number(2)])
    try net.detach("lora")
    // Frozen until told otherwise, ...
    #expect(Set(net.trainableParameters.map(\.name)) == Set(net.head.parameters.map(\.name)))
    // ... but not in the way of the next method.
    try net.attach("bottleneck", ["rate": .number(4)])
    let names = net.trainableParameters.map(\.name)
    #expect(names.contains("encoder.layer.0.layernorm_after.weight"))
    #expect(names.contains("layernorm.weight"))
    try net.detach("bottleneck")
    // And what is trained in between is what the next one gives back.
    try net.setTrainable(true, matching: "*")
    try train(net, seed: 3)
    let shared = ["classification_head.weight", "layernorm.weight"]
    let trained = shared.map { net.allValues[$0] }
    try net.attach("bottleneck", ["rate": .number(4)])
    try train(net, seed: 4)
    #expect(shared.map { net.allValues[$0] } != trained)
    try net.detach("bottleneck")
    #expect(shared.map { net.allValues[$0] } == trained)
  }

  @Test func theHeadTrainedAloneIsTheModelsOwn() throws {
    let net = try TinyModel.classifier()
    try net.attach("lora", name: "a")
    try train(net, seed: 1)
    try net.setEnabled(false, "a")
    TinyModel.scatter(net.trainableParameters, seed: 2)
    let own = try net.logits(input)
    try net.setEnabled(true, "a")
    #expect(try net.logits(input) != own)
    try net.setEnabled(false, "a")
    #expect(try net.logits(input) == own)
  }

  @Test func freezingByPattern() throws {
    let net = try TinyModel.classifier()
    try net.attach("bottleneck", ["rate": .number(4)])
    let before = Set(net.trainableParameters.map(\.name))
    #expect(try net.setTrainable(false, matching: "encoder.layer.*.layernorm*") == 8)
    let without = before.filter { !$0.contains("layernorm_") }
    #expect(Set(net.trainableParameters.map(\.name)) == without)
    #expect(try net.setTrainable(true, matching: "encoder.layer.1.*.query.?ias") == 1)
    let more = without.union(["encoder.layer.1.attention.attention.query.bias"])
    #expect(Set(net.trainableParameters.map(\.name)) == more)
    // The same pattern again takes the rule's place.
    try net.setTrainable(true, matching: "encoder.layer.*.layernorm*")
    #expect(net.freezeRules.count == 2)
    #expect(net.trainableParameters.count == more.count + 8)

    let error = try #require(throws: EngineError.self) {
      try net.setTrainable(false, matching: "encoder.layer.0.layernorm_befor.weight")
    }
    #expect(error.hint?.contains("layernorm_before.weight") == true)
  }

  @Test func classesMustFitTheHead() throws {
    let source = RandomParameters(seed: 1)
    let sizes = TinyModel.sizes()
    func make(_ classes: [String], _ pooling: Pooling = .all) throws -> AudioClassifier {
      try AudioClassifier(
        backbone: ASTModel(sizes, from: source),
        head: ClassificationHead(.linear, hidden: 8, classes: 3, from: source),
        classes: classes, pooling: pooling)
    }
    #expect(throws: EngineError.self) { try make(["a", "b"]) }
    #expect(throws: EngineError.self) { try make(["a", "b", "c"], .prompts) }
    let net = try make(["a", "b", "c"])
    let other = try ClassificationHead(.linear, hidden: 8, classes: 2, from: source)
    #expect(throws: EngineError.self) { try net.replaceHead(other, classes: ["x"]) }
    try net.attach("lora")
    let error = try #require(throws: EngineError.self) {
      try net.replaceHead(other, classes: ["x", "y"])
    }
    #expect(error.message.contains("lora"))
  }
}
