/// A fully connected layer: `weight [out, in]` and `bias [out]`.
public struct LinearLayer {
  public let weight: Parameter
  public let bias: Parameter?

  init(weight: Parameter, bias: Parameter?) {
    self.weight = weight
    self.bias = bias
  }

  /// - Parameter name: the prefix of both names, such as `encoder.layer.0.output.dense`.
  init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true,
    weights: Initialization, biases: Initialization = .zeros, from source: any ParameterSource
  ) throws {
    weight = try source.parameter("\(name).weight", [outputs, inputs], weights)
    self.bias = bias ? try source.parameter("\(name).bias", [outputs], biases) : nil
  }

  /// A convolution over one input channel whose step is taken by `unfoldPatches`:
  /// `weight [out, 1, patch, patch]`.
  init(
    _ name: String, patch: Int, outputs: Int, weights: Initialization,
    from source: any ParameterSource
  ) throws {
    weight = try source.parameter("\(name).weight", [outputs, 1, patch, patch], weights)
    bias = try source.parameter("\(name).bias", [outputs], .zeros)
  }

  var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// `[..., in]` to `[..., out]`
  func callAsFunction(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    try tape.linear(x, weight: weight.value, bias: bias?.value)
  }
}

/// A layer normalisation with its scale and shift, each `[hidden]`.
public struct NormLayer {
  public let gamma: Parameter
  public let beta: Parameter
  public let eps: Float

  init(gamma: Parameter, beta: Parameter, eps: Float) {
    self.gamma = gamma
    self.beta = beta
    self.eps = eps
  }

  init(_ name: String, hidden: Int, eps: Float, from source: any ParameterSource) throws {
    gamma = try source.parameter("\(name).weight", [hidden], .ones)
    beta = try source.parameter("\(name).bias", [hidden], .zeros)
    self.eps = eps
  }

  var parameters: [Parameter] { [gamma, beta] }

  /// The shape of `x`.
  func callAsFunction(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    try tape.layerNorm(x, gamma: gamma.value, beta: beta.value, eps: eps)
  }
}
