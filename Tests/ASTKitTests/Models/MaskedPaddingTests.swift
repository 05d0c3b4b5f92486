import TestSupport
import Testing

@testable import ASTKit

/// A wav2vec 2.0 model that masks padding answers as if each clip were alone, without padding;
/// one that does not sees it. With layer norm in the feature extractor, that is exact.
struct MaskedPaddingTests {
  private static let methods: [(String, [String: SettingValue])] = [
    ("lora", ["rank": .number(2), "alpha": .number(2)]), ("prefix", ["tokens": .number(4)]),
    ("bottleneck", ["rate": .number(4)]), ("bitfit", [:]),
  ]
  private let lengths = [80, 31, 50]

  private func classifier(masks: Bool = true) throws -> AudioClassifier {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 2, 2, 16)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4, 5], [5, 3], [3, 2])
    (sizes.positionKernel, sizes.positionGroups) = (6, 2)
    (sizes.isStable, sizes.featureNorm, sizes.hasConvolutionBias) = (true, .layer, true)
    let source = RandomParameters(seed: 1)
    let net = try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 3, from: source),
      classes: ["a", "b", "c"])
    TinyModel.scatter(net.parameters, seed: 2)
    net.ownFeatures = .waveform(seconds: 0.005)
    net.ownFeatures?.masksPadding = masks
    return net
  }

  /// Clips of `lengths` samples in a batch of 80, with something in the padding.
  private func batch() throws -> (padded: Tensor, alone: [Tensor]) {
    let padded = DoubleTensor.random([3, 80], seed: 3).tensor
    let alone = try lengths.enumerated().map { row, length in
      let clip = try Tensor([1, length])
      clip.pointer.update(from: padded.pointer + row * 80, count: length)
      return clip
    }
    return (padded, alone)
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: methods.indices)
  func paddedOrAloneIsTheSame(_ method: Int) throws {
    let net = try classifier()
    let (kind, settings) = Self.methods[method]
    try net.attach(kind, settings)
    TinyModel.scatter(net.trainableParameters, seed: 4)
    let (padded, alone) = try batch()
    let tape = Tape(.inference, recording: false)
    let found = try net.forward(padded, lengths: lengths, tape).values
    let right = try alone.flatMap { try net.logits($0) }
    #expect(distance(found, right) < 2e-5)
    #expect(try distance(net.logits(padded), right) > 1e-3)
  }

  @Test func gradientsToo() throws {
    let net = try classifier()
    let (padded, alone) = try batch()
    let weights = DoubleTensor.random([3, 3], seed: 5).tensor
    func gradients(_ passes: [(Tensor, [Int], Tensor)]) throws -> [String: [Float]] {
      for (input, lengths, seed) in passes {
        let tape = Tape(.training)
        try tape.backward(from: net.forward(input, lengths: lengths, tape), seed: seed)
      }
      defer { for parameter in net.parameters { parameter.clearGradient() } }
      return Dictionary(
        uniqueKeysWithValues: net.parameters.compactMap { parameter in
          parameter.gradient.map { (parameter.name, $0.values) }
        })
    }
    let found = try gradients([(padded, lengths, try weights.copy())])
    let right = try gradients(
      try alone.enumerated().map { row, clip in
        let seed = try Tensor([1, 3])
        seed.pointer.update(from: weights.pointer + row * 3, count: 3)
        return (clip, [lengths[row]], seed)
      })
    #expect(Set(found.keys) == Set(right.keys) && found.count > 30)
    for (name, values) in right {
      let scale = max(1, values.map(abs).max() ?? 1)
      #expect(try distance(#require(found[name]), values) < 1e-4 * scale, "\(name)")
    }
  }

  @Test func withoutTheWishPaddingIsSeen() throws {
    let net = try classifier(masks: false)
    let padded = try batch().padded
    let tape = Tape(.inference, recording: false)
    #expect(try net.forward(padded, lengths: lengths, tape).values == net.logits(padded))
  }

  /// Too short for a hidden state of its own, a clip is its first one.
  @Test func aClipShorterThanAFrame() throws {
    let net = try classifier()
    let tape = Tape(.inference, recording: false)
    let logits = try net.forward(try batch().padded, lengths: [80, 3, 80], tape)
    #expect(logits.isFinite)
  }

  @Test func trainingAndEvaluatingUseTheLengths() throws {
    let folder = try TemporaryFolder()
    for (name, samples) in [("a", 800), ("b", 300), ("c", 500)] {
      for i in 0..<2 {
        try folder.write(
          "\(name)/\(i).wav", Sounds.wav(Sounds.tone(Double(300 + 90 * i), samples: samples)))
      }
    }
    let listing = try FolderSource(path: folder.path).listing()
    func load(_ seconds: Double) throws -> DatasetView {
      try Dataset.load(listing, settings: .waveform(seconds: seconds), cache: .none).all
    }
    let net = try classifier()
    let short = try net.evaluate(load(0.05)).logits.flatMap { $0 }
    let long = try net.evaluate(load(0.2)).logits.flatMap { $0 }
    #expect(distance(short, long) < 2e-5)

    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (1, 6, 1e-3)
    let losses = try [0.05, 0.2].map { seconds in
      let trainer = try Trainer(classifier(), train: load(seconds), settings)
      try trainer.advance()
      #expect(trainer.model.features?.masksPadding == true)
      return try #require(trainer.history.losses.first)
    }
    #expect(abs(losses[0] - losses[1]) < 1e-5)
  }
}
