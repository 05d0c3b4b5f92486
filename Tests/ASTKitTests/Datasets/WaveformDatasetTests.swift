import ASTKit
import TestSupport
import Testing

/// A data set of waveforms: batches of samples, and only models that take them.
struct WaveformDatasetTests {
  let folder: TemporaryFolder
  let waveforms = FeatureSettings.waveform(seconds: 0.03)

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeTones(["a": 3, "b": 3], samples: 450)
  }

  private func load(_ settings: FeatureSettings) throws -> DatasetView {
    let listing = try FolderSource(path: folder.path).listing()
    return try Dataset.load(listing, settings: settings, cache: .none).all
  }

  private func speechModel() throws -> AudioClassifier {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.heads, sizes.layers, sizes.intermediate) = (8, 2, 1, 16)
    (sizes.channels, sizes.kernels, sizes.strides) = ([8, 8], [10, 3], [5, 2])
    (sizes.positionKernel, sizes.positionGroups) = (4, 2)
    return try classifier(Wav2Vec2Model(sizes, from: RandomParameters(seed: 3)))
  }

  private func classifier(_ backbone: any Backbone) throws -> AudioClassifier {
    let head = try ClassificationHead(
      .linear, hidden: backbone.hidden, classes: 2, from: RandomParameters(seed: 3))
    return try AudioClassifier(backbone: backbone, head: head, classes: ["a", "b"])
  }

  @Test func batchesHoldTheSamples() throws {
    let view = try load(waveforms)
    let (input, labels, lengths) = try Batches(inOrder: view, size: 2).fill([4, 1])
    #expect(input.shape == [2, 480])
    #expect(labels == [1, 0] && lengths == [450, 450])
    let extractor = try FeatureExtractor(waveforms)
    for (row, clip) in [4, 1].enumerated() {
      let expected = waveforms.inputValues(
        try extractor.waveform(path: view.clips[clip].path))
      #expect(Array(input.elements[(row * 480)..<(row * 480 + 480)]) == expected)
    }
    // 450 samples of sound, then padding.
    #expect(input.values[450..<480].allSatisfy { $0 == 0 })
    #expect(abs(view.seconds - 6 * 450.0 / 16_000) < 1e-9)
  }

  @Test func longClipsAreCut() throws {
    let settings = FeatureSettings.waveform(seconds: 0.01, normalisesClips: false)
    let view = try load(settings)
    let whole = try FeatureExtractor(settings).waveform(path: view.clips[0].path)
    #expect(
      try Batches(inOrder: view, size: 1).fill([0]).input.values
        == Array(whole.samples.prefix(160)))
  }

  @Test func wav2vecLearnsFromThem() throws {
    let model = try speechModel()
    try model.attach("bottleneck", ["rate": .number(1)])
    let view = try load(waveforms)
    let before = try model.evaluate(view).loss
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (30, 6, 0.02)
    try Trainer(model, train: view, settings).advance()
    #expect(try model.evaluate(view).loss < 0.8 * before)
    #expect(model.features == waveforms)
  }

  @Test(arguments: [Pooling.cls, .clsAndDistillation])
  func thereIsNoClassToken(_ pooling: Pooling) throws {
    let backbone = try speechModel().backbone
    let head = try ClassificationHead(
      pooling == .cls ? .linear : .normalised, hidden: backbone.hidden, classes: 2,
      from: RandomParameters(seed: 3))
    let error = #expect(throws: EngineError.self) {
      try AudioClassifier(backbone: backbone, head: head, classes: ["a", "b"], pooling: pooling)
    }
    #expect(error?.message.contains("no class token") == true)
  }

  @Test func dataOfAnotherKindIsRefused() throws {
    let spectrograms = FeatureSettings(melBins: 16, frames: 20)
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.heads, sizes.layers, sizes.intermediate) = (8, 2, 1, 16)
    (sizes.frames, sizes.melBins) = (20, 16)
    let ast = try classifier(ASTModel(sizes, from: RandomParameters(seed: 3)))
    let speech = try speechModel()
    #expect(throws: EngineError.self) { try ast.evaluate(load(waveforms)) }
    #expect(throws: EngineError.self) { try speech.evaluate(load(spectrograms)) }
    #expect(try ast.evaluate(load(spectrograms)).labels.count == 6)
    #expect(try speech.evaluate(load(waveforms)).labels.count == 6)
    // Too short for a single frame of this model, which needs 20 samples.
    let short = FeatureSettings.waveform(seconds: 0.001)
    #expect(throws: EngineError.self) { try speech.evaluate(load(short)) }
  }

  @Test func waveformsHaveNoSpectrogramToMask() throws {
    var settings = TrainingSettings()
    settings.augmentation = try SpecAugment()
    settings.batch = 2
    #expect(throws: EngineError.self) {
      try Trainer(speechModel(), train: load(waveforms), settings)
    }
  }
}
