/// Low-rank adaptation (Hu et al., arXiv 2106.09685) of the attention projections:
/// `W x + s · Up(Down(x))` with `Down [r, hidden]`, `Up [hidden, r]`.
///
/// With `rank`, r is the rank and s = alpha / rank. With `rate`, r = round(hidden / rate) and
/// s = alpha / rate, as the published code (whose `rank` is a reduction rate). At the start
/// Up is zero, so that the model's function is unchanged; `published: true` draws both.
public struct LoRA: PETLMethod {
  public static let kind = "lora"
  public static let summary = "Low-rank corrections of the attention projections (2106.09685)."
  public static let example = #"attach net, lora(rank: 8, alpha: 16, on: ["q", "v"])"#
  public static let defaults = LoRA()
  public static let declarations = [
    SettingOf<LoRA>(
      "rank", "rank r of the corrections, scaling alpha / rank; default: 8 where rate is not given",
      \.rank, bounds: .between(1...4096)),
    SettingOf(
      "rate", "in place of rank: r = round(hidden / rate), scaling alpha / rate", \.rate,
      bounds: .atLeast(1)),
    SettingOf("alpha", "numerator of the scaling", \.alpha, bounds: .between(0...1e6)),
    SettingOf("on", "projections to correct", \.on),
    SettingOf(
      "shared", "one pair for all of `on` (not o), as the code's first version did on q and k",
      \.shared),
    .published(\.published),
  ]
  /// Rank when neither `rank` nor `rate` is given.
  static let defaultRank = 8

  /// Rank of the corrections; `nil`: 8, or what `rate` makes it.
  public var rank: Int?
  /// In place of `rank`: hidden size over rank.
  public var rate: Double?
  /// Numerator of the scaling.
  public var alpha: Double
  /// Projections to correct.
  public var on: [Projection]
  /// Whether all of `on` share one pair.
  public var shared: Bool
  /// Whether it computes as the published code, where that departs from the papers.
  public var published: Bool

  /// - Parameters: as the settings.
  public init(
    rank: Int? = nil, rate: Double? = nil, alpha: Double = 16, on: [Projection] = [.query, .value],
    shared: Bool = false, published: Bool = false
  ) {
    (self.rank, self.rate, self.alpha, self.on) = (rank, rate, alpha, on)
    (self.shared, self.published) = (shared, published)
  }

  public func validate() throws {
    try checkSettings()
    if rank != nil, rate != nil {
      throw EngineError.setting(
        name: "rank", expected: "given alone (rate says the same in another way)",
        found: "both")
    }
    if shared, on.contains(.output) {
      throw EngineError.setting(
        name: "on", expected: "some of q, k, v for a shared pair (o has another input)",
        found: "o")
    }
  }

  public func build(_ builder: AttachmentBuilder) throws {
    let (rank, scale) = try rankAndScale(builder)
    for layer in builder.layers {
      if shared {
        let prefix = "\(builder.layerName(layer)).attention.attention.lora"
        let pair = try LoRAPair(
          builder, down: "\(prefix)_down.weight", up: "\(prefix)_up.weight", rank: rank,
          scale: scale)
        for target in on { builder.hang(pair, on: .projection(target, inLayer: layer)) }
      } else {
        for target in on {
          let part = target == .output ? "output" : "attention"
          let prefix = "\(builder.layerName(layer)).attention.\(part).lora"
          let pair = try LoRAPair(
            builder, down: "\(prefix)_down_\(target.rawValue).weight",
            up: "\(prefix)_up_\(target.rawValue).weight", rank: rank, scale: scale)
          builder.hang(pair, on: .projection(target, inLayer: layer))
        }
      }
    }
    builder.trainFinalNorm()
  }

  private func rankAndScale(_ builder: AttachmentBuilder) throws -> (rank: Int, scale: Float) {
    if let rate {
      return (try builder.bottleneck(rate: rate), Float(alpha / rate))
    }
    let rank = rank ?? Self.defaultRank
    guard rank <= builder.hidden else {
      throw EngineError.setting(
        name: "rank", expected: "at most hidden (\(builder.hidden))", found: "\(rank)")
    }
    return (rank, Float(alpha / Double(rank)))
  }
}

/// One low-rank pair, for a projection or for several with the same input.
final class LoRAPair: ProjectionHook {
  /// `[r, hidden]` and `[hidden, r]`
  let down: Parameter, up: Parameter
  let scale: Float

  init(
    _ builder: AttachmentBuilder, down: String, up: String, rank: Int, scale: Float
  ) throws {
    let hidden = builder.hidden
    self.down = try builder.parameter(
      down, [rank, hidden], builder.initialization(.linearDefault(fanIn: hidden)))
    self.up = try builder.parameter(up, [hidden, rank], builder.initialization(.zeros))
    self.scale = scale
  }

  var correction: (() throws -> Tensor)? { product }

  /// `s · Up · Down`
  /// - Throws: `EngineError.memory`
  private func product() throws -> Tensor {
    let (hidden, rank) = (up.shape[0], up.shape[1])
    try OpenBLAS.prepare()
    let product = try Tensor(uninitialized: [hidden, down.shape[1]])
    MatrixProduct.multiply(
      m: hidden, n: product.columns, k: rank, alpha: scale, up.value.pointer, lda: rank,
      down.value.pointer, ldb: product.columns, into: product.pointer, ldc: product.columns)
    return product
  }

  /// `s · Up(Down(x))`
  func delta(_ x: Tensor, _ tape: Tape) throws -> Tensor {
    // Scaled where it is narrow: r columns in place of hidden.
    let narrow = try tape.linear(x, weight: down.value)
    return try tape.linear(tape.scale(narrow, by: scale), weight: up.value)
  }
}
