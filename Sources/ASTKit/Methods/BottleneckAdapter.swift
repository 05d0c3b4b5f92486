/// The bottleneck adapter (Houlsby et al., arXiv 1902.00751): `Up(GELU(Down(x)))`.
public struct BottleneckAdapter: PETLMethod {
  public static let kind = "bottleneck"
  public static let summary = "Bottleneck adapter: down, GELU, up (1902.00751)."
  public static let example = "attach net, bottleneck(rate: 64), at: ffn.parallel.before"
  public static let defaults = BottleneckAdapter()
  public static let declarations: [SettingOf<BottleneckAdapter>] = [
    .rate(\.rate), .residual(\.residual), .norms(\.norms), .published(\.published),
  ]
  public static let defaultPosition: Position? = .pfeiffer

  /// Hidden size over the width of the bottleneck.
  public var rate: Double
  /// Whether the adapter's input is added once more.
  public var residual: Bool
  /// Whether the backbone's LayerNorm beside it is trained; `nil`: as the backbone's kind has it.
  public var norms: Bool?
  /// Whether it computes as the published code, where that departs from the papers.
  public var published: Bool

  /// - Parameters: as the settings.
  public init(
    rate: Double = 96, residual: Bool = false, norms: Bool? = nil, published: Bool = false
  ) {
    (self.rate, self.residual, self.norms, self.published) = (rate, residual, norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters(residual: residual) { layerName, subLayer in
      try BottleneckModule("\(layerName).\(subLayer.adapterName)", builder, rate: rate)
    }
    builder.trainFinalNorm()
  }
}

extension SubLayer {
  /// The published name of an adapter here.
  var adapterName: String { self == .mhsa ? "adapter_module_MHSA" : "adapter_module_FFN" }
}

/// `Up(GELU(Down(x)))`, `Down [r, hidden]`, `Up [hidden, r]`, both with bias.
final class BottleneckModule: AdapterModule {
  private let down: LinearLayer, up: LinearLayer

  init(_ name: String, _ builder: AttachmentBuilder, rate: Double) throws {
    let rank = try builder.bottleneck(rate: rate)
    down = try builder.linear(
      "\(name).linear_downsample", [rank, builder.hidden],
      .linearDefault(fanIn: builder.hidden))
    up = try builder.linear("\(name).linear_upsample", [builder.hidden, rank], .zeros)
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    try up(tape.gelu(down(x, tape)), tape)
  }
}
