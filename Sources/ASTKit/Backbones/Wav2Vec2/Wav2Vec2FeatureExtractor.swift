/// The convolutions that turn a raw waveform into one vector every 20 ms, as
/// `Wav2Vec2FeatureEncoder` of transformers: convolution, norm, GELU, several times.
final class Wav2Vec2FeatureExtractor {
  private struct Block {
    /// `[out, in, k]`
    let weight: Parameter
    let bias: Parameter?
    let norm: NormLayer?
    let stride: Int
  }

  private let blocks: [Block]
  private let configuration: Wav2Vec2Configuration

  init(_ configuration: Wav2Vec2Configuration, from source: any ParameterSource) throws {
    self.configuration = configuration
    let c = configuration
    blocks = try c.channels.indices.map { index in
      let name = "feature_extractor.conv_layers.\(index)"
      let (inputs, outputs) = (index == 0 ? 1 : c.channels[index - 1], c.channels[index])
      let fanIn = inputs * c.kernels[index]
      // PyTorch's `kaiming_normal_`.
      let weights = Initialization.truncatedNormal((2 / Float(fanIn)).squareRoot())
      let hasNorm = c.featureNorm == .layer || index == 0
      return Block(
        weight: try source.parameter(
          "\(name).conv.weight", [outputs, inputs, c.kernels[index]], weights),
        bias: c.hasConvolutionBias
          ? try source.parameter(
            "\(name).conv.bias", [outputs], .linearDefault(fanIn: fanIn)) : nil,
        norm: hasNorm
          ? try NormLayer("\(name).layer_norm", hidden: outputs, eps: 1e-5, from: source) : nil,
        stride: c.strides[index])
    }
  }

  var parameters: [Parameter] {
    blocks.flatMap { block in
      [block.weight] + (block.bias.map { [$0] } ?? []) + (block.norm?.parameters ?? [])
    }
  }

  /// - Parameter waveform: `[batch, samples]`
  /// - Returns: what each convolution gives after norm and GELU, `[batch, frames, channels]`;
  ///   the last is the features. Only that one is kept unless `all` is set.
  /// - Throws: `EngineError.shape` for recordings too short for one frame.
  func forward(_ waveform: Tensor, keepingAll all: Bool = false, _ tape: Tape) throws -> [Tensor] {
    guard waveform.shape.count == 2, waveform.shape[1] >= configuration.fewestSamples else {
      throw EngineError.shape(
        operation: "the model",
        expected: "[batch, at least \(configuration.fewestSamples) samples]",
        found: waveform.shape)
    }
    var outputs: [Tensor] = []
    var x = try tape.reshape(waveform, to: waveform.shape + [1])
    for block in blocks {
      x = try tape.convolution(
        x, weight: block.weight.value, bias: block.bias?.value, stride: block.stride)
      if let norm = block.norm {
        x =
          configuration.featureNorm == .layer
          ? try norm(x, tape)
          : try tape.groupNorm(
            x, weight: norm.gamma.value, bias: norm.beta.value, epsilon: norm.eps)
      }
      x = try tape.gelu(x)
      if all { outputs.append(x) } else { outputs = [x] }
    }
    return outputs
  }
}
