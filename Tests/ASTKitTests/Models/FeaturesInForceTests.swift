import TestSupport
import Testing

@testable import ASTKit

/// The features a model was trained on go with what was trained on them, through every change
/// of what is attached.
struct FeaturesInForceTests {
  private let folder: TemporaryFolder
  private let input = TinyModel.input()

  init() throws { folder = try TemporaryFolder() }

  /// Features of the tiny data set with a mean to tell them by.
  private func features(_ mean: Double) -> FeatureSettings {
    var settings = TinyData.settings
    settings.mean = mean
    return settings
  }

  /// Of classes a, b, c, never loaded twice.
  private func clips(_ mean: Double) throws -> DatasetView {
    let folder = try TemporaryFolder()
    try folder.writeTones(["a": 1, "b": 1, "c": 1], samples: 5000)
    let listing = try FolderSource(path: folder.path).listing()
    return try Dataset.load(listing, settings: features(mean), cache: .none).all
  }

  /// Takes one step on features of that mean.
  private func train(_ net: AudioClassifier, _ mean: Double) throws {
    try Trainer(net, train: clips(mean), TinyRun.settings(epochs: 1, batch: 3)).advance()
  }

  /// A model that was trained whole on features of mean 1.
  private func trained() throws -> AudioClassifier {
    let net = try TinyModel.classifier(pooling: .clsAndDistillation)
    net.ownFeatures = features(1)
    return net
  }

  private func attachLoRA(_ net: AudioClassifier, _ name: String, _ mean: Double? = nil) throws {
    try net.attach("lora", ["rank": .number(2)], name: name)
    if let mean { try train(net, mean) }
  }

  @Test func theLastEnabledThatKnowsDecides() throws {
    let net = try trained()
    try attachLoRA(net, "x", 2)
    #expect(net.features?.mean == 2)
    try attachLoRA(net, "new")
    #expect(net.features?.mean == 2)
    try net.setEnabled(false, "x")
    #expect(net.features?.mean == 1)
    try net.setEnabled(true, "x")
    #expect(net.features?.mean == 2)
    try net.detach("x")
    #expect(net.features?.mean == 1)
  }

  @Test func mergedTheyAreTheModels() throws {
    let net = try trained()
    try attachLoRA(net, "x", 2)
    _ = try net.merge("x", probe: input)
    #expect(net.features?.mean == 2)
    // What comes and goes afterwards leaves the merged ones.
    try attachLoRA(net, "y", 3)
    #expect(net.features?.mean == 3)
    try net.detach("y")
    #expect(net.features?.mean == 2)
  }

  @Test func mergingAnUntrainedOneKeepsTheModels() throws {
    let net = try trained()
    try attachLoRA(net, "x")
    _ = try net.merge("x", probe: input)
    #expect(net.features?.mean == 1)
  }

  /// Whichever of several goes first, what is in force before a merge is in force after it.
  @Test(arguments: [["x", "y"], ["y", "x"]])
  func mergingOneOfTwo(_ order: [String]) throws {
    let net = try trained()
    try attachLoRA(net, "x", 2)
    try net.setEnabled(false, "x")
    try attachLoRA(net, "y", 3)
    try net.setEnabled(true, "x")
    let before = net.features
    for name in order {
      _ = try net.merge(name, probe: input)
      #expect(net.features == before)
    }
  }

  @Test func aModelMadeBySizesKeepsThemInItsFolder() throws {
    let net = try TinyModel.classifier(pooling: .clsAndDistillation)
    #expect(net.features == nil)
    try attachLoRA(net, "x", 2)
    _ = try net.merge("x", probe: input)
    try ModelFile.save(net, to: folder.file("net"))
    let file = try JSONFile.read(folder.file("net/preprocessor_config.json"))
    #expect(try file.number("mean", default: 0) == 2)
    #expect(try file.number("std", default: 0) == TinyData.settings.std)
    #expect(try file.integer("max_length", default: 0) == 36)
    #expect(try file.integer("num_mel_bins", default: 0) == 36)
    #expect(try file.integer("sampling_rate", default: 0) == 16_000)
    #expect(try ModelFile.load(folder.file("net")).model.features?.mean == 2)
  }

  /// Which of several sets knows what is the same after a round trip through a file.
  @Test func filesKeepThemApart() throws {
    let net = try trained()
    try attachLoRA(net, "x", 2)
    try attachLoRA(net, "new")
    try ModelFile.save(net, to: folder.file("net.safetensors"))
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    let onBase = try trained()
    try AdapterFile.load(folder.file("set.safetensors"), into: onBase)
    for again in [try ModelFile.load(folder.file("net.safetensors")).model, onBase] {
      #expect(again.features?.mean == 2)
      try again.setEnabled(false, "x")
      #expect(again.features?.mean == 1)
      try again.setEnabled(true, "x")
      try again.setEnabled(false, "new")
      #expect(again.features?.mean == 2)
      try again.detach("x")
      #expect(again.features?.mean == 1)
    }
  }

  /// A set that was not trained yet tells those of its base, where the base itself does not.
  @Test func anUntrainedSetBringsThoseOfItsBase() throws {
    let net = try trained()
    try attachLoRA(net, "x")
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    let bare = try TinyModel.classifier(pooling: .clsAndDistillation)
    try AdapterFile.load(folder.file("set.safetensors"), into: bare)
    #expect(bare.features?.mean == 1)
  }

  @Test func aStepThatFailsChangesNoFeatures() throws {
    let net = try trained()
    net.head.parameters[0].value.pointer[0] = .nan
    #expect(throws: EngineError.self) { try train(net, 5) }
    #expect(net.features?.mean == 1)
  }
}
