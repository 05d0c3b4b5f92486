/// wav2vec 2.0 without a head (arXiv 2006.11477), as `Wav2Vec2Model` of transformers:
/// convolutions over the raw waveform, feature projection, positional convolution, encoder.
/// Told which tokens are no padding, it clears the others before the positional convolution
/// and attends to none of them, as there with an attention mask.
///
/// Frozen parts record nothing for the backward pass; for adapters that is the whole of the
/// feature extractor.
public final class Wav2Vec2Model: Backbone {
  public let configuration: Wav2Vec2Configuration
  /// Trained only in pre-training, and no part of the forward pass.
  let maskEmbedding: Parameter?
  let featureExtractor: Wav2Vec2FeatureExtractor
  let featureNorm: NormLayer
  let featureProjection: LinearLayer
  let positionalConvolution: PositionalConvolution
  /// Before the first layer, or after the last one with stable layer norm.
  let encoderNorm: NormLayer
  public let layers: [EncoderLayer]

  public var hidden: Int { configuration.hidden }

  /// - Throws: `EngineError.setting` for sizes that make no model, or the source's error.
  public init(_ configuration: Wav2Vec2Configuration, from source: any ParameterSource) throws {
    try configuration.validate()
    self.configuration = configuration
    let c = configuration
    let normal = Initialization.truncatedNormal(c.initializerRange)
    let features = c.channels.last ?? 0
    maskEmbedding =
      c.hasMaskEmbedding
      ? try source.parameter("masked_spec_embed", [c.hidden], .uniform(1)) : nil
    featureExtractor = try Wav2Vec2FeatureExtractor(c, from: source)
    featureNorm = try NormLayer(
      "feature_projection.layer_norm", hidden: features, eps: c.layerNormEps, from: source)
    featureProjection = try LinearLayer(
      "feature_projection.projection", inputs: features, outputs: c.hidden,
      weights: .linearDefault(fanIn: features), biases: .linearDefault(fanIn: features),
      from: source)
    positionalConvolution = try PositionalConvolution(
      "encoder.pos_conv_embed.conv", hidden: c.hidden, kernel: c.positionKernel,
      groups: c.positionGroups, from: source)
    encoderNorm = try NormLayer(
      "encoder.layer_norm", hidden: c.hidden, eps: c.layerNormEps, from: source)
    layers = try (0..<c.layers).map { index in
      let name = "encoder.layers.\(index)"
      func linear(_ part: String, _ inputs: Int, _ outputs: Int) throws -> LinearLayer {
        try LinearLayer(
          "\(name).\(part)", inputs: inputs, outputs: outputs, weights: normal, from: source)
      }
      func attention(_ part: String) throws -> LinearLayer {
        try linear("attention.\(part)", c.hidden, c.hidden)
      }
      func norm(_ part: String) throws -> NormLayer {
        try NormLayer("\(name).\(part)", hidden: c.hidden, eps: c.layerNormEps, from: source)
      }
      return EncoderLayer(
        query: try attention("q_proj"), key: try attention("k_proj"),
        value: try attention("v_proj"), attentionOutput: try attention("out_proj"),
        normBefore: try norm("layer_norm"), normAfter: try norm("final_layer_norm"),
        intermediate: try linear("feed_forward.intermediate_dense", c.hidden, c.intermediate),
        output: try linear("feed_forward.output_dense", c.intermediate, c.hidden),
        heads: c.heads, normOrder: c.isStable ? .pre : .post)
    }
  }

  public var parameters: [Parameter] {
    unusedTrainable + featureExtractor.parameters + featureNorm.parameters
      + featureProjection.parameters + positionalConvolution.parameters
      + encoderNorm.parameters + layers.flatMap(\.parameters)
  }

  public var hasClassToken: Bool { false }

  /// One second at 16 kHz, or as much as one hidden state needs.
  public var sampleShape: [Int] { [max(16_000, configuration.fewestSamples)] }

  /// Tokens of an input `[samples]`: one for each step of the convolutions.
  public func tokens(in shape: [Int]) -> Int { configuration.frames(samples: shape[0]) }

  /// The first convolutions' outputs are the longest; they are frozen, so that only what goes
  /// in and what comes out of one is held at once.
  public func inputFloats(_ shape: [Int]) -> Double {
    let c = configuration
    var (length, floats, largest) = (shape[0], Double(shape[0]), 0.0)
    for index in c.channels.indices {
      length = max(0, length - c.kernels[index]) / c.strides[index] + 1
      let output = Double(length) * Double(c.channels[index])
      (largest, floats) = (max(largest, floats + output), output)
    }
    return largest
  }

  public var finalNorm: NormLayer? { configuration.isStable ? encoderNorm : nil }
  public var trainedWithHead: [Parameter] { [] }
  public var trainsNormsByDefault: Bool { false }
  public var unusedTrainable: [Parameter] { maskEmbedding.map { [$0] } ?? [] }

  /// The norm of the attention for either sub-layer: the published code looks for names that
  /// hold `.layer_norm`, and the other one is called `final_layer_norm`.
  public func normTrained(besides subLayer: SubLayer, inLayer layer: Int) -> NormLayer {
    layers[layer].normBefore
  }

  /// What transformers calls a layer, from 0.
  public func layerName(_ index: Int) -> String { "encoder.layers.\(index)" }

  public var summary: String {
    let c = configuration
    return "wav2vec 2.0, hidden \(c.hidden), \(c.layers) layers, \(c.heads) heads"
      + (c.isStable ? ", stable layer norm" : "")
  }

  /// Why features are no input of this model, in words; `nil` where they are.
  public func inputDifference(from settings: FeatureSettings) -> String? {
    guard settings.kind == .waveform else {
      return "the model takes waveforms, the data has log-mel spectrograms"
    }
    let fewest = configuration.fewestSamples
    guard settings.samples >= fewest else {
      return "the model needs at least \(fewest) samples, the data has \(settings.samples)"
    }
    return nil
  }

  /// - Parameter waveform: `[batch, samples]` at 16 kHz, each clip with mean 0 and variance 1
  ///   if the checkpoint was trained so
  /// - Returns: the input of layer 0 `[batch, frames, hidden]`
  /// - Throws: `EngineError.shape` for clips too short for one frame.
  public func embed(
    _ waveform: Tensor, hooks: Hooks, validTokens: [Int]?, _ tape: Tape
  ) throws -> Tensor {
    let features = try featureExtractor.forward(waveform, tape)
    var h = try featureProjection(featureNorm(features[0], tape), tape)
    if let counts = validTokens { h = try tape.clearPadding(h, after: counts) }
    return try positioned(h, tape)
  }

  /// Projected features with positions added, `[batch, frames, hidden]`: the input of layer 0.
  func positioned(_ projected: Tensor, _ tape: Tape) throws -> Tensor {
    let h = try tape.add(projected, positionalConvolution(projected, tape))
    return configuration.isStable ? h : try encoderNorm(h, tape)
  }
}

/// The positional convolution of wav2vec 2.0: `GELU(conv(x))`, grouped, with weight norm and
/// as many frames out as in; an even kernel looks one frame further back than ahead.
struct PositionalConvolution {
  /// g `[1, 1, k]` and v `[hidden, hidden / groups, k]`.
  private let magnitude: Parameter, direction: Parameter
  private let bias: Parameter
  private let groups: Int

  init(
    _ name: String, hidden: Int, kernel: Int, groups: Int, from source: any ParameterSource
  ) throws {
    self.groups = groups
    let deviation = 2 * (1 / Float(kernel * hidden)).squareRoot()
    bias = try source.parameter("\(name).bias", [hidden], .zeros)
    magnitude = try source.parameter("\(name).weight_g", [1, 1, kernel], .ones)
    direction = try source.parameter(
      "\(name).weight_v", [hidden, hidden / groups, kernel], .truncatedNormal(deviation))
  }

  var parameters: [Parameter] { [bias, magnitude, direction] }

  /// The weight in effect, `[hidden, hidden / groups, k]`.
  func weight(_ tape: Tape) throws -> Tensor {
    try tape.weightNorm(direction: direction.value, magnitude: magnitude.value)
  }

  /// `[batch, frames, hidden]` to the same shape.
  func callAsFunction(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    let half = direction.value.columns / 2
    // PyTorch pads both sides alike and drops the last frame of an even kernel.
    let right = direction.value.columns % 2 == 0 ? half - 1 : half
    return try tape.gelu(
      tape.convolution(
        x, weight: weight(tape), bias: bias.value, padding: (half, right), groups: groups))
  }
}
