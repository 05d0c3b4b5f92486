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
  public static let settings: [Setting] = [
    .adapters, .experts, .rate, .kernel, .dropout(0.1), .norms, .published,
  ]
  public static let defaultPosition: Position? = Position([.mhsa], .parallelBefore)

  public init(_ settings: Settings) {}

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters { layerName, subLayer in
      try DenseMixture(layerName, subLayer, builder)
    }
    RepetitionAfterFFN.hangIfPublished(builder)
    builder.trainFinalNorm()
  }
}

/// Router `[experts, hidden]` and the experts.
final class DenseMixture: AdapterModule {
  private let router: LinearLayer
  private let experts: [any AdapterModule]

  init(_ layerName: String, _ subLayer: SubLayer, _ builder: AttachmentBuilder) throws {
    let block = builder.settings.text("experts").flatMap(AdapterBlock.init) ?? .bottleneck
    let count = builder.settings.integer("adapters") ?? 1
    router = try builder.linear(
      "\(layerName).router_\(subLayer.rawValue).ff", [count, builder.hidden],
      .linearDefault(fanIn: builder.hidden))
    experts = try (0..<count).map {
      try block.make("\(layerName).moa_\(subLayer.rawValue).moa.\($0)", builder)
    }
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    let weights = try tape.softmax(router(x, tape))
    return try tape.weightedSum(
      experts: experts.map { try $0.forward(x, tape) }, weights: weights)
  }
}
