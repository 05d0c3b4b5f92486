/// Hydra (Kim et al., arXiv 2309.06922): a parallel and a sequential adapter together at one
/// sub-layer, `S(x) + Aₚ(x) + Aₛ(S(x))`, from the first version of the published code.
///
/// At MHSA that code adds the feed-forward residual to the wrong tensor (the normalised
/// hidden states); `published: true` does the same.
public struct Hydra: PETLMethod {
  public static let kind = "hydra"
  public static let summary = "A parallel and a sequential adapter at one sub-layer (2309.06922)."
  public static let example = "attach net, hydra(rate: 96), at: ffn"
  public static let defaults = Hydra()
  public static let declarations: [SettingOf<Hydra>] = [
    SettingOf("block", "kind of the two adapters", \.block),
    .rate(\.rate), .kernel(\.kernel), .dropout(\.dropout), .norms(\.norms),
    .published(\.published),
  ]
  public static let defaultPosition: Position? = .pfeiffer

  /// Kind of the two adapters.
  public var block: AdapterBlock
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
    block: AdapterBlock = .bottleneck, rate: Double = 96, kernel: Int = 31,
    dropout: Double = 0.1, norms: Bool? = nil, published: Bool = false
  ) {
    (self.block, self.rate, self.kernel) = (block, rate, kernel)
    (self.dropout, self.norms, self.published) = (dropout, norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    let position = builder.position ?? .pfeiffer
    guard position.placement == .parallelBefore else {
      throw EngineError.refused(
        "'hydra' has one adapter on either side, so it goes at mhsa, ffn or houlsby alone, "
          + "not at \(position)")
    }
    for layer in builder.layers {
      for subLayer in position.subLayers {
        // One sub-layer has the published names; with both, each says where it is.
        let both = position.subLayers.count > 1
        let part = both ? "\(subLayer.adapterName)_" : "adapter_module_"
        let name = "\(builder.layerName(layer)).\(part)"
        func adapter(_ suffix: String) throws -> any AdapterModule {
          try block.make(name + suffix, builder, rate: rate, kernel: kernel, dropout: dropout)
        }
        let sequential = try adapter("seq"), parallel = try adapter("par")
        let site = Site.subLayer(subLayer, inLayer: layer)
        builder.hang(SubLayerAdapter(parallel, .parallelBefore), on: site)
        builder.hang(SubLayerAdapter(sequential, .parallelAfter), on: site)
        if builder.isPublished, subLayer == .mhsa {
          builder.hang(NormalisedResidual(), on: .subLayer(.ffn, inLayer: layer))
        }
        builder.unfreezeNorm(besides: subLayer, inLayer: layer)
      }
    }
    builder.trainFinalNorm()
  }
}

/// The published hydra at MHSA: the residual of the feed-forward network is its normalised input.
private final class NormalisedResidual: SubLayerHook {
  func before(_ call: inout SubLayerCall, _ tape: Tape) throws { call.residual = call.normalised }

  var readsResult: Bool { false }
}
