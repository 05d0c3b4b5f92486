/// Soft mixture of adapters (arXiv 2402.00828, after Puigcerver et al., arXiv 2308.00951):
/// each expert works on `slots` weighted averages of the tokens, and each token takes a
/// weighted average of all the experts' slots.
///
/// With X `[tokens, hidden]` and Φ `[hidden, experts · slots]`: dispatch = softmax of XΦ over
/// tokens, combine = softmax over slots, `Y = combine · A(dispatchᵀ X)`.
///
/// With `normalise`, the rows of X and the columns of Φ have length 1 and Φ a trainable
/// scale. The published code normalises Φ over the experts, and its slots average the
/// normalised tokens.
public struct SoftMoA: PETLMethod {
  public static let kind = "softmoa"
  public static let summary = "Soft mixture of adapters over slots (2402.00828)."
  public static let example = "attach net, softmoa(adapters: 4, slots: 2), at: mhsa.parallel.before"
  public static let defaults = SoftMoA()
  public static let declarations: [SettingOf<SoftMoA>] = [
    .adapters(\.adapters),
    SettingOf("slots", "slots of each expert", \.slots, bounds: .between(1...1024)),
    SettingOf("normalise", "compares tokens and slots by direction", \.normalise),
    .experts(\.experts), .rate(\.rate), .kernel(\.kernel), .dropout(\.dropout), .norms(\.norms),
    .published(\.published),
  ]
  public static let defaultPosition: Position? = Position([.mhsa], .parallelBefore)

  /// Number of expert adapters.
  public var adapters: Int
  /// Slots of each expert.
  public var slots: Int
  /// Whether tokens and slots are compared by direction.
  public var normalise: Bool
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
    adapters: Int = 4, slots: Int = 1, normalise: Bool = false,
    experts: AdapterBlock = .bottleneck, rate: Double = 96, kernel: Int = 31,
    dropout: Double = 0.1, norms: Bool? = nil, published: Bool = false
  ) {
    (self.adapters, self.slots, self.normalise) = (adapters, slots, normalise)
    (self.experts, self.rate, self.kernel, self.dropout) = (experts, rate, kernel, dropout)
    (self.norms, self.published) = (norms, published)
  }

  public func build(_ builder: AttachmentBuilder) throws {
    try builder.placeAdapters { layerName, subLayer in
      try SoftMixture("\(layerName).moa_\(subLayer.rawValue)", builder, self)
    }
    RepetitionAfterFFN.hangIfPublished(builder)
    builder.trainFinalNorm()
  }
}

/// Φ `[hidden, experts, slots]`, its scale `[]`, and the experts.
final class SoftMixture: AdapterModule {
  private let slotParameters: Parameter
  private let scale: Parameter?
  private let experts: [any AdapterModule]
  private let slots: Int
  private let isPublished: Bool

  init(_ name: String, _ builder: AttachmentBuilder, _ method: SoftMoA) throws {
    let (hidden, count, slots) = (builder.hidden, method.adapters, method.slots)
    // Glorot's normal initialisation of a [hidden, experts, slots] tensor in PyTorch.
    let fan = Float((hidden + count) * slots)
    slotParameters = try builder.parameter(
      "\(name).slot_params", [hidden, count, slots],
      .truncatedNormal((2 / fan).squareRoot()))
    scale = method.normalise ? try builder.parameter("\(name).scale", [], .ones) : nil
    experts = try (0..<count).map {
      try method.experts.make(
        "\(name).moa.\($0)", builder, rate: method.rate, kernel: method.kernel,
        dropout: method.dropout)
    }
    self.slots = slots
    isPublished = builder.isPublished
  }

  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    let hidden = x.columns, all = experts.count * slots
    var tokens = x
    var slotParameters = slotParameters.value
    if let scale {
      tokens = try tape.l2Normalize(x, axis: 2)
      slotParameters = try tape.l2Normalize(slotParameters, axis: isPublished ? 1 : 0)
      slotParameters = try tape.scale(slotParameters, by: scale.value)
    }
    let logits = try tape.batchedProduct(
      tokens, tape.reshape(slotParameters, to: [hidden, all]))
    let dispatch = try tape.softmax(logits, axis: 1)
    let combine = try tape.softmax(logits)
    let averaged = scale != nil && isPublished ? tokens : x
    let inputs = try tape.batchedProduct(dispatch, transposed: true, averaged)
    let outputs = try experts.enumerated().map { index, expert in
      try expert.forward(
        tape.tokens(inputs, (index * slots)..<((index + 1) * slots)), tape)
    }
    return try tape.batchedProduct(combine, joined(outputs, tape))
  }

  /// Puts the experts' slots side by side again: `[batch, experts · slots, hidden]`.
  private func joined(_ outputs: [Tensor], _ tape: Tape) throws -> Tensor {
    outputs.count == 1 ? outputs[0] : try tape.concatenate(outputs)
  }
}
