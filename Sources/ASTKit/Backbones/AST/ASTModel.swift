/// The Audio Spectrogram Transformer without a head (arXiv 2104.01778), as `ASTModel` of
/// transformers: patches of a log-mel spectrogram, [CLS] and [DIST] tokens, position
/// embeddings, pre-norm encoder, final LayerNorm.
public final class ASTModel: Backbone {
  public let configuration: ASTConfiguration
  let classToken: Parameter, distillationToken: Parameter
  let positions: Parameter
  package let patchProjection: LinearLayer
  public let layers: [EncoderLayer]
  private let norm: NormLayer

  public var hidden: Int { configuration.hidden }

  /// - Throws: `EngineError.setting` for sizes that make no model, or the source's error.
  public init(_ configuration: ASTConfiguration, from source: any ParameterSource) throws {
    try configuration.validate()
    self.configuration = configuration
    let c = configuration, normal = Initialization.truncatedNormal(c.initializerRange)
    classToken = try source.parameter("embeddings.cls_token", [1, 1, c.hidden], .zeros)
    distillationToken = try source.parameter(
      "embeddings.distillation_token", [1, 1, c.hidden], .zeros)
    positions = try source.parameter(
      "embeddings.position_embeddings", [1, c.tokens, c.hidden], .zeros)
    patchProjection = try LinearLayer(
      "embeddings.patch_embeddings.projection", patch: c.patch, outputs: c.hidden,
      weights: normal, from: source)
    layers = try (0..<c.layers).map { index in
      let name = "encoder.layer.\(index)"
      func linear(_ part: String, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws
        -> LinearLayer
      {
        try LinearLayer(
          "\(name).\(part)", inputs: inputs, outputs: outputs, bias: bias, weights: normal,
          from: source)
      }
      func norm(_ part: String) throws -> NormLayer {
        try NormLayer("\(name).\(part)", hidden: c.hidden, eps: c.layerNormEps, from: source)
      }
      func attention(_ part: String) throws -> LinearLayer {
        try linear("attention.attention.\(part)", c.hidden, c.hidden, bias: c.hasQKVBias)
      }
      return EncoderLayer(
        query: try attention("query"), key: try attention("key"), value: try attention("value"),
        attentionOutput: try linear("attention.output.dense", c.hidden, c.hidden),
        normBefore: try norm("layernorm_before"), normAfter: try norm("layernorm_after"),
        intermediate: try linear("intermediate.dense", c.hidden, c.intermediate),
        output: try linear("output.dense", c.intermediate, c.hidden),
        heads: c.heads, normOrder: .pre)
    }
    norm = try NormLayer("layernorm", hidden: c.hidden, eps: c.layerNormEps, from: source)
  }

  public var parameters: [Parameter] {
    [classToken, distillationToken, positions] + patchProjection.parameters
      + layers.flatMap(\.parameters) + norm.parameters
  }

  public var hasClassToken: Bool { true }
  public var sampleShape: [Int] { [configuration.frames, configuration.melBins] }

  /// Patches and the two special tokens: clips of all lengths are padded to `frames`.
  public func tokens(in shape: [Int]) -> Int { configuration.tokens }

  /// The numbers of all patches, which overlap.
  public func inputFloats(_ shape: [Int]) -> Double {
    Double(configuration.tokens * configuration.patch * configuration.patch)
  }

  public var finalNorm: NormLayer? { norm }
  public var trainedWithHead: [Parameter] { norm.parameters }

  public var trainsNormsByDefault: Bool { true }
  public var unusedTrainable: [Parameter] { [] }

  /// The norm before the sub-layer, as in the published code.
  public func normTrained(besides subLayer: SubLayer, inLayer layer: Int) -> NormLayer {
    layers[layer].norm(of: subLayer)
  }

  /// As in transformers: `encoder.layer.3`.
  public func layerName(_ index: Int) -> String { "encoder.layer.\(index)" }

  public var summary: String {
    let c = configuration
    return "AST, hidden \(c.hidden), \(c.layers) layers, \(c.heads) heads, \(c.frames) frames"
  }

  /// Why spectrograms of these settings do not fit, in words; `nil` if they do.
  public func inputDifference(from settings: FeatureSettings) -> String? {
    let c = configuration
    guard settings.kind == .logMel else {
      return "the model takes log-mel spectrograms, the data has waveforms"
    }
    guard settings.frames == c.frames, settings.melBins == c.melBins else {
      return "the model takes \(c.frames) frames of \(c.melBins) mel bins, the data has "
        + "\(settings.frames) of \(settings.melBins)"
    }
    return nil
  }

  /// Patches with [CLS] and [DIST] before them and positions added:
  /// `[batch, frames, mels]` to `[batch, tokens, hidden]`.
  public func embed(
    _ spectrogram: Tensor, hooks: Hooks, validTokens: [Int]?, _ tape: Tape
  ) throws -> Tensor {
    let c = configuration
    guard spectrogram.shape.count == 3, spectrogram.shape[1] == c.frames,
      spectrogram.shape[2] == c.melBins
    else {
      throw EngineError.shape(
        operation: "the model", expected: "[batch, \(c.frames) frames, \(c.melBins) mel bins]",
        found: spectrogram.shape)
    }
    let patches = try tape.unfoldPatches(
      spectrogram, patch: c.patch, frequencyStride: c.frequencyStride, timeStride: c.timeStride)
    let tokens = try tape.concatenate([
      classToken.value, distillationToken.value, patchProjection(patches, tape),
    ])
    return try tape.add(tokens, positions.value)
  }
}
