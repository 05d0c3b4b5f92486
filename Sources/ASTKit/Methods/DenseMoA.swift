/// Dense mixture of adapters (arXiv 2402.00828): every token goes through all experts, and a
/// router weighs them, `Σₑ softmax(R x)ₑ Aₑ(x)`.
///
/// The published code at MHSA alone adds the mixture a second time after the feed-forward
/// sub-layer; `published: true` does the same.
public struct DenseMoA: PETLMethod {
  public static let kind = "densemoa"
  public static let summary = "Dense mixture of adapters with a router (2402.00828)."
  public static let example =
    "attach net, densemoa(adapters: 4, rate: 96), at: mhsa.parallel.before"
  public static let defaults = DenseMoA()
  public static let declarations: [SettingOf<DenseMoA>] = [
    .adapters(\.adapters), .experts(\.experts), .rate(\.rate), .kernel(\.kernel),
    .dropout(\.dropout), .norms(\.norms), .published(\.published),
  ]
  public static let defaultPosition: Position? = Position([.mhsa], .parallelBefore)

  /// Number of expert adapters.
  public var adapters: Int
  /// Kind of the expert adapters.
  public var experts: AdapterBlock
  /// Hidden size over the width of the bottleneck.
  public var rate: Double
  /// Width of the depthwise convolution in tokens.
  public var kernel: Int
  /// Probability of dropping an element in training.
  public var dropout: Double
  /// Whether the backbone's LayerNorm beside it is trained; `nil`: as the backbone's kind has it.
  public var norms: Bool?
  /// Whether it computes as the published code, where that departs from the papers.
  public var published: Bool

  /// - Parameters: as the settings.
  public init(
    adapters: Int = 4, experts: AdapterBlock = .bottleneck, rate: Double = 96, kernel: Int = 31,
    dropout: Double = 0.1, norms: Bool? = nil, published: Bool = false
  ) {
    (self.adapters, self.experts, self.rate, self.kernel) = (adapters, experts, rate, kernel)
    (self.dropout, self.norms, self.published) = (dropout, norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters { layerName, subLayer in
      try DenseMixture(layerName, subLayer, builder, self)
    }
    RepetitionAfterFFN.hangIfPublished(builder)
    builder.trainFinalNorm()
  }
}

/// Router `[experts, hidden]` and the experts.
final class DenseMixture: AdapterModule {
  private let router: LinearLayer
  private let experts: [any AdapterModule]

  init(
    _ layerName: String, _ subLayer: SubLayer, _ builder: AttachmentBuilder, _ method: DenseMoA
  ) throws {
    let count = method.adapters
    router = try builder.linear(
      "\(layerName).router_\(subLayer.rawValue).ff", [count, builder.hidden],
      .linearDefault(fanIn: builder.hidden))
    experts = try (0..<count).map {
      try method.experts.make(
        "\(layerName).moa_\(subLayer.rawValue).moa.\($0)", builder, rate: method.rate,
        kernel: method.kernel, dropout: method.dropout)
    }
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    let weights = try tape.softmax(router(x, tape))
    return try tape.weightedSum(
      experts: experts.map { try $0.forward(x, tape) }, weights: weights)
  }
}
