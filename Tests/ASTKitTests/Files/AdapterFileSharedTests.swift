import ASTKit
import TestSupport
import Testing

/// What a set shares with the model and with other sets comes and goes with it, also through
/// a file.
struct AdapterFileSharedTests {
  let folder: TemporaryFolder
  let input = TinyModel.input()

  init() throws { folder = try TemporaryFolder() }

  /// Attaches a set and moves what it trains.
  private func train(_ net: AudioClassifier, _ name: String, seed: UInt64) throws {
    try net.attach("bottleneck", ["rate": .number(4)], name: name)
    TinyModel.scatter(net.trainableParameters, seed: seed)
  }

  @Test func whatAUserUnfrozeLeavesWithTheSet() throws {
    let net = try TinyModel.classifier()
    try net.attach("lora", ["rank": .number(2)], name: "fine")
    try net.setTrainable(true, matching: "encoder.layer.1.intermediate*")
    TinyModel.scatter(net.trainableParameters, seed: 8)
    try AdapterFile.save(net, to: folder.file("a.safetensors"))

    let other = try TinyModel.classifier()
    let bare = try other.logits(input)
    let notices = try AdapterFile.load(folder.file("a.safetensors"), into: other)
    #expect(notices.joined().contains("unfreeze \"encoder.layer.1.intermediate*\""))
    #expect(try other.logits(input) == net.logits(input))
    #expect(other.trainableParameters.map(\.name) == net.trainableParameters.map(\.name))
    try other.setEnabled(false, "fine")
    #expect(try other.logits(input) == bare)
    try AdapterFile.save(other, to: folder.file("b.safetensors"))
    try other.detach("fine")
    for file in ["a.safetensors", "b.safetensors"] {
      try AdapterFile.load(folder.file(file), into: other)
      if file == "b.safetensors" { try other.setEnabled(true, "fine") }
      #expect(try other.logits(input) == net.logits(input))
      try other.detach("fine")
      #expect(try other.logits(input) == bare)
    }
  }

  /// Both were trained alone, so each has LayerNorms and a head of its own; enabled together,
  /// those of the one enabled last count.
  @Test(arguments: [["one", "two"], ["two", "one"]])
  func twoEnabledSetsKeepTheirOwn(_ order: [String]) throws {
    let net = try TinyModel.classifier()
    try train(net, "one", seed: 3)
    try net.setEnabled(false, "one")
    try train(net, "two", seed: 4)
    try net.setEnabled(false, "two")
    for name in order { try net.setEnabled(true, name) }
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    try ModelFile.save(net, to: folder.file("whole.safetensors"))

    let fresh = try TinyModel.classifier()
    try AdapterFile.load(folder.file("set.safetensors"), into: fresh)
    let (whole, _) = try ModelFile.load(folder.file("whole.safetensors"))
    for off in [nil, "one", "two"] {
      for model in [net, fresh, whole] {
        if let off { try model.setEnabled(false, off) }
      }
      let logits = try net.logits(input)
      #expect(try fresh.logits(input) == logits)
      #expect(try whole.logits(input) == logits)
      for model in [net, fresh, whole] {
        if let off { try model.setEnabled(true, off) }
      }
    }
  }

  @Test func everySetKnowsItsFeatures() throws {
    let net = try TinyModel.classifier()
    var quiet = TinyData.settings
    quiet.mean = -7
    net.features = TinyData.settings
    try train(net, "one", seed: 3)
    net.features = quiet
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    try ModelFile.save(net, to: folder.file("whole.safetensors"))
    #expect(net.features == quiet)
    try net.setEnabled(false, "one")
    #expect(net.features == TinyData.settings)

    let fresh = try TinyModel.classifier()
    fresh.features = TinyData.settings
    try AdapterFile.load(folder.file("set.safetensors"), into: fresh)
    let (whole, _) = try ModelFile.load(folder.file("whole.safetensors"))
    for model in [fresh, whole] {
      #expect(model.features == quiet)
      try model.detach("one")
      #expect(model.features == TinyData.settings)
    }
  }

  @Test func trainingNotesTheFeatures() throws {
    let net = try TinyModel.classifier()
    try net.attach("lora")
    var settings = TrainingSettings()
    settings.batch = 4
    let clips = try TinyData.load()
    let trainer = try Trainer(net, train: clips, settings)
    #expect(net.features == nil)
    try trainer.advance(by: 1)
    #expect(net.features == clips.settings)
  }
}
