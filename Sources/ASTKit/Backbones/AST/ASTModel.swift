/// The Audio Spectrogram Transformer without a head (arXiv 2104.01778), as `ASTModel` of
/// transformers: patches of a log-mel spectrogram, [CLS] and [DIST] tokens, position
/// embeddings, pre-norm encoder, final LayerNorm.
public final class ASTModel: Backbone {
  public let configuration: ASTConfiguration
  let classToken: Parameter, distillationToken: Parameter
  let positions: Parameter
  package let patchProjection: LinearLayer
  public let layers: [EncoderLayer]
  package let finalNorm: NormLayer

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
    finalNorm = try NormLayer("layernorm", hidden: c.hidden, eps: c.layerNormEps, from: source)
  }

  public var parameters: [Parameter] {
    [classToken, distillationToken, positions] + patchProjection.parameters
      + layers.flatMap(\.parameters) + finalNorm.parameters
  }

  public var hasClassToken: Bool { true }
  public var sampleShape: [Int] { [configuration.frames, configuration.melBins] }

  public func tokens(in shape: [Int]) -> Int { configuration.tokens }

  public func inputFloats(_ shape: [Int]) -> Double {
    Double(configuration.tokens * configuration.patch * configuration.patch)
  }

  public var trainedWithHead: [Parameter] { finalNorm.parameters }

  public var trainsNormsByDefault: Bool { true }
  public var conformerNormByDefault: Bool { false }
  public var unusedTrainable: [Parameter] { [] }

  public func normTrained(besides subLayer: SubLayer, inLayer layer: Int) -> NormLayer {
    layers[layer].norm(of: subLayer)
  }

  public func layerName(_ index: Int) -> String { "encoder.layer.\(index)" }

  public var summary: String {
    let c = configuration
    return "AST, hidden \(c.hidden), \(c.layers) layers, \(c.heads) heads, \(c.frames) frames"
  }

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

  /// - Parameter spectrogram: normalised log-mel features `[batch, frames, mels]`
  /// - Returns: hidden states after the final LayerNorm `[batch, tokens, hidden]`
  /// - Throws: `EngineError.shape`
  public func forward(_ spectrogram: Tensor, hooks: ForwardHooks, _ tape: Tape) throws -> Tensor {
    var h = try embeddings(spectrogram, tape)
    if let prompts = hooks.prompts {
      h = try put(prompts.shallow.value, prompts, over: 1..<2, of: h, tape)
    }
    for (index, layer) in layers.enumerated() {
      try tape.interrupt?.check()
      if let prompts = hooks.prompts, let deep = prompts.deep, index > 0 {
        let tokens = try tape.item(deep.value, index - 1)
        h = try put(tokens, prompts, over: 1..<(1 + prompts.count), of: h, tape)
      }
      h = try layer.forward(h, hooks: hooks.layers[index], tape)
    }
    return try finalNorm(h, tape)
  }

  /// Patches with [CLS] and [DIST] before them and positions added:
  /// `[batch, frames, mels]` to `[batch, tokens, hidden]`.
  package func embeddings(_ spectrogram: Tensor, _ tape: Tape) throws -> Tensor {
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

  /// Puts prompt tokens in place of the tokens in `range`, with the prompts' dropout.
  private func put(
    _ tokens: Tensor, _ prompts: PromptTokens, over range: Range<Int>, of h: Tensor,
    _ tape: Tape
  ) throws -> Tensor {
    var tokens = tokens
    if prompts.dropout > 0, tape.mode == .training {
      let repeated = try tape.add(Tensor([h.shape[0], prompts.count, hidden]), tokens)
      tokens = try tape.dropout(repeated, probability: prompts.dropout)
    }
    return try tape.concatenate([
      tape.tokens(h, 0..<range.lowerBound), tokens,
      tape.tokens(h, range.upperBound..<h.shape[1]),
    ])
  }
}
