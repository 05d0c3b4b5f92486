/// The convpass adapter (Jie and Deng, arXiv 2207.07039) along the tokens:
/// `Up(Dropout(act(Conv₃(act(Down(x))))))` with act(x) = x σ(1.702 x).
///
/// The published code computes the convolution and discards it: `Up(Dropout(act(act(Down(x)))))`.
public struct ConvpassAdapter: PETLMethod {
  public static let kind = "convpass"
  public static let summary = "Convpass adapter: down, convolution over 3 tokens, up (2207.07039)."
  public static let example = "attach net, convpass(rate: 64), at: houlsby.sequential.after"
  public static let defaults = ConvpassAdapter()
  public static let declarations: [SettingOf<ConvpassAdapter>] = [
    .rate(\.rate), .residual(\.residual), .dropout(\.dropout), .norms(\.norms),
    .published(\.published),
  ]
  public static let defaultPosition: Position? = .pfeiffer

  /// Hidden size over the width of the bottleneck.
  public var rate: Double
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
    rate: Double = 96, residual: Bool = false, dropout: Double = 0.1, norms: Bool? = nil,
    published: Bool = false
  ) {
    (self.rate, self.residual, self.dropout) = (rate, residual, dropout)
    (self.norms, self.published) = (norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters(residual: residual) { layerName, subLayer in
      try ConvpassModule(
        "\(layerName).\(subLayer.adapterName)", builder, rate: rate, dropout: dropout)
    }
    builder.trainFinalNorm()
  }
}

/// `Down [r, hidden]`, `Conv [r, r, 3]`, `Up [hidden, r]`, all with bias.
final class ConvpassModule: AdapterModule {
  private let down: LinearLayer, convolution: LinearLayer, up: LinearLayer
  private let dropout: Float
  private let discardsConvolution: Bool

  init(
    _ name: String, _ builder: AttachmentBuilder, rate: Double, dropout: Double
  ) throws {
    let hidden = builder.hidden
    let rank = try builder.bottleneck(rate: rate)
    convolution = try builder.linear(
      "\(name).adapter_conv", [rank, rank, 3],
      .xavierUniform(fanIn: 3 * rank, fanOut: 3 * rank))
    down = try builder.linear(
      "\(name).adapter_down", [rank, hidden], .xavierUniform(fanIn: hidden, fanOut: rank))
    up = try builder.linear("\(name).adapter_up", [hidden, rank], .zeros)
    self.dropout = Float(dropout)
    discardsConvolution = builder.isPublished
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    var y = try tape.quickGELU(down(x, tape))
    if !discardsConvolution {
      y = try tape.convolution(
        y, weight: convolution.weight.value, bias: convolution.bias?.value,
        padding: (left: 1, right: 1))
    }
    y = try tape.dropout(tape.quickGELU(y), probability: dropout)
    return try up(y, tape)
  }
}
