/// The conformer adapter (arXiv 2312.03694): the convolution module of the Conformer
/// (Gulati et al., arXiv 2005.08100) in a bottleneck,
/// `PW₂(SiLU(BatchNorm(Depthwise(GLU(PW₁(x))))))`.
///
/// The published AST code computes a LayerNorm of x and discards it; `norm: true` applies it
/// (in wav2vec 2.0 it is applied by default, as there).
public struct ConformerAdapter: PETLMethod {
  public static let kind = "conformer"
  public static let summary = "Conformer adapter: GLU, depthwise convolution, up (2312.03694)."
  public static let example = "attach net, conformer(rate: 96, kernel: 31), at: ffn.parallel.before"
  public static let defaults = ConformerAdapter()
  public static let declarations: [SettingOf<ConformerAdapter>] = [
    .rate(\.rate), .kernel(\.kernel),
    SettingOf("norm", "applies a LayerNorm first; default: in wav2vec 2.0, not in AST", \.norm),
    .residual(\.residual), .dropout(\.dropout), .norms(\.norms), .published(\.published),
  ]
  public static let defaultPosition: Position? = .pfeiffer

  /// Hidden size over the width of the bottleneck.
  public var rate: Double
  /// Width of the depthwise convolution in tokens.
  public var kernel: Int
  /// Whether a LayerNorm comes first; `nil`: in wav2vec 2.0, not in AST.
  public var norm: Bool?
  /// Whether the adapter's input is added once more.
  public var residual: Bool
  /// Probability of dropping an element in training.
  public var dropout: Double
  /// Whether the backbone's LayerNorm beside it is trained; `nil`: as the backbone's kind has it.
  public var norms: Bool?
  /// Whether it computes as the published code, where that departs from the papers.
  public var published: Bool

  /// - Parameters: as the settings.
  public init(
    rate: Double = 96, kernel: Int = 31, norm: Bool? = nil, residual: Bool = false,
    dropout: Double = 0, norms: Bool? = nil, published: Bool = false
  ) {
    (self.rate, self.kernel, self.norm, self.residual) = (rate, kernel, norm, residual)
    (self.dropout, self.norms, self.published) = (dropout, norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters(residual: residual) { layerName, subLayer in
      try ConformerModule(
        "\(layerName).\(subLayer.adapterName)", builder, rate: rate, kernel: kernel, norm: norm,
        dropout: dropout)
    }
    builder.trainFinalNorm()
  }
}

/// `PW₁ [2r, hidden, 1]`, `Depthwise [r, 1, kernel]`, `BatchNorm [r]`, `PW₂ [hidden, r, 1]`.
final class ConformerModule: AdapterModule {
  private let norm: NormLayer?
  private let appliesNorm: Bool
  private let expand: LinearLayer, depthwise: LinearLayer, project: LinearLayer
  private let gamma: Parameter, beta: Parameter
  private let statistics: BatchNormBuffers
  private let dropout: Float

  /// - Parameter norm: whether a LayerNorm comes first; `nil`: as the published code, of which the
  ///   one for speech applies it.
  init(
    _ name: String, _ builder: AttachmentBuilder, rate: Double, kernel: Int, norm: Bool? = nil,
    dropout: Double
  ) throws {
    let hidden = builder.hidden
    let rank = try builder.bottleneck(rate: rate)
    appliesNorm = norm ?? builder.backbone.takesWaveforms
    self.norm =
      appliesNorm || builder.isPublished ? try builder.norm("\(name).lnorm", eps: 1e-5) : nil
    expand = try builder.linear(
      "\(name).pwise_conv1", [2 * rank, hidden, 1], .linearDefault(fanIn: hidden))
    depthwise = try builder.linear(
      "\(name).dwise_conv", [rank, 1, kernel], .linearDefault(fanIn: kernel))
    gamma = try builder.parameter("\(name).bnorm.weight", [rank], .ones)
    beta = try builder.parameter("\(name).bnorm.bias", [rank], .zeros)
    statistics = BatchNormBuffers(
      mean: try builder.buffer("\(name).bnorm.running_mean", [rank], .zeros),
      variance: try builder.buffer("\(name).bnorm.running_var", [rank], .ones),
      batchCount: try builder.buffer("\(name).bnorm.num_batches_tracked", [], .zeros))
    project = try builder.linear("\(name).pwise_conv2", [hidden, rank, 1], .zeros)
    self.dropout = Float(dropout)
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    var y = x
    if appliesNorm, let norm { y = try norm(y, tape) }
    y = try tape.glu(expand(y, tape))
    // In training the batch norm takes the mean away again, and the bias with it.
    let bias = depthwise.bias.map {
      tape.mode == .training ? tape.zeroGradient($0.value) : $0.value
    }
    y = try tape.depthwiseConvolution(y, weight: depthwise.weight.value, bias: bias)
    y = try tape.batchNorm(y, weight: gamma.value, bias: beta.value, buffers: statistics)
    y = try project(tape.silu(y), tape)
    return try tape.dropout(y, probability: dropout)
  }
}
