/// The sizes of a wav2vec 2.0 model (Baevski et al., arXiv 2006.11477), with the names and
/// defaults of Hugging Face's `Wav2Vec2Config`: those of wav2vec2-base.
public struct Wav2Vec2Configuration: Sendable, Equatable {
  /// How the outputs of the feature extractor's convolutions are normalised.
  public enum FeatureNorm: String, Sendable, Codable, CaseIterable {
    /// A group norm with one group per channel, after the first convolution only (base).
    case group
    /// A LayerNorm over the channels, after every convolution (large, XLSR).
    case layer
  }

  /// Width of the hidden states.
  public var hidden = 768
  /// Encoder layers.
  public var layers = 12
  /// Attention heads; a divisor of `hidden`.
  public var heads = 12
  /// Width of the feed-forward network.
  public var intermediate = 3072
  /// Channels, taps and steps of each convolution of the feature extractor, first to last.
  public var channels = [Int](repeating: 512, count: 7)
  public var kernels = [10, 3, 3, 3, 3, 2, 2]
  public var strides = [5, 2, 2, 2, 2, 2, 2]
  /// Whether those convolutions have biases.
  public var hasConvolutionBias = false
  public var featureNorm = FeatureNorm.group
  /// Taps and groups of the positional convolution; the groups are a divisor of `hidden`.
  public var positionKernel = 128
  public var positionGroups = 16
  /// Whether the LayerNorms stand before the sub-layers, with one more after the last layer
  /// (`do_stable_layer_norm`), rather than behind them.
  public var isStable = false
  /// Added to the variance in every LayerNorm but the feature extractor's (there, 1e-5).
  public var layerNormEps: Float = 1e-5
  /// Standard deviation of the initial weights.
  public var initializerRange: Float = 0.02
  /// Masking during pre-training; of interest here only because a model with either above 0
  /// has the parameter `masked_spec_embed`.
  public var maskTimeProbability = 0.05
  public var maskFeatureProbability = 0.0

  /// The sizes of wav2vec 2.0 base.
  public init() {}

  /// Whether the model has the vector that pre-training puts in place of masked frames.
  public var hasMaskEmbedding: Bool { maskTimeProbability > 0 || maskFeatureProbability > 0 }

  /// Hidden states that a recording gives; none for one that is too short.
  ///
  /// - Parameter samples: its length at 16 kHz
  public func frames(samples: Int) -> Int {
    zip(kernels, strides).reduce(samples) { length, convolution in
      length < convolution.0 ? 0 : (length - convolution.0) / convolution.1 + 1
    }
  }

  /// Samples that the shortest recording has which gives one hidden state; `Int.max` where
  /// that is no number.
  public var fewestSamples: Int {
    zip(kernels, strides).reversed().reduce(1) { length, convolution in
      let (steps, tooMany) = (length - 1).multipliedReportingOverflow(by: convolution.1)
      let (samples, tooLong) = steps.addingReportingOverflow(convolution.0)
      return tooMany || tooLong ? .max : samples
    }
  }

  /// The named sizes.
  public static let presets: [String: Wav2Vec2Configuration] = [
    "wav2vec2-base": Wav2Vec2Configuration(),
    "wav2vec2-large": Wav2Vec2Configuration(layers: 24, hidden: 1024, isStable: false),
    "wav2vec2-xlsr": Wav2Vec2Configuration(layers: 24, hidden: 1024, isStable: true),
  ]

  private init(layers: Int, hidden: Int, isStable: Bool) {
    (self.layers, self.hidden) = (layers, hidden)
    (heads, intermediate) = (hidden / 64, 4 * hidden)
    self.isStable = isStable
    if isStable { (featureNorm, hasConvolutionBias) = (.layer, true) }
  }

  /// - Throws: `EngineError.setting` for the first size that makes no model.
  public func validate() throws {
    func require(_ name: String, _ holds: Bool, _ expected: String, _ found: String) throws {
      if !holds { throw EngineError.setting(name: name, expected: expected, found: found) }
    }
    try checkSettings()
    try require("heads", hidden % heads == 0, "a divisor of hidden (\(hidden))", "\(heads)")
    try require(
      "conv_dim", (1...64).contains(channels.count), "1 to 64 convolutions",
      "\(channels.count)")
    for (name, list, limit) in [
      ("conv_dim", channels, 16_384), ("conv_kernel", kernels, 4096),
      ("conv_stride", strides, 4096),
    ] {
      try require(
        name, list.count == channels.count && list.allSatisfy { (1...limit).contains($0) },
        "\(channels.count) numbers between 1 and \(limit)", "\(list)")
    }
    // A minute at 16 kHz; a real model needs 25 ms.
    try require(
      "conv_stride", fewestSamples <= 960_000,
      "convolutions that give a hidden state for 960000 samples or fewer",
      "\(kernels) taps in steps of \(strides)")
    try require(
      "num_conv_pos_embeddings", (1...65_536).contains(positionKernel), "between 1 and 65536",
      "\(positionKernel)")
    try require(
      "num_conv_pos_embedding_groups", positionGroups >= 1 && hidden % positionGroups == 0,
      "a divisor of hidden (\(hidden))", "\(positionGroups)")
    try require(
      "layer_norm_eps", layerNormEps.isFinite && layerNormEps >= 0, "at least 0",
      "\(layerNormEps)")
    for (name, value) in [
      ("mask_time_prob", maskTimeProbability), ("mask_feature_prob", maskFeatureProbability),
    ] {
      try require(name, (0...1).contains(value), "between 0 and 1", "\(value)")
    }
  }
}
