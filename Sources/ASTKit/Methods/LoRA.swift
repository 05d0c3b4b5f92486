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
  public static let settings = [
    Setting(
      "rank", "rank r of the corrections, scaling alpha / rank; default: 8 where rate is not given",
      .integer, range: 1...4096),
    Setting(
      "rate", "in place of rank: r = round(hidden / rate), scaling alpha / rate", .number,
      range: 1...Double.infinity),
    Setting("alpha", "numerator of the scaling", .number, default: .number(16), range: 0...1e6),
    Setting(
      "on", "projections to correct", .choices, default: .texts(["q", "v"]),
      allowed: Projection.allCases.map(\.rawValue)),
    Setting(
      "shared", "one pair for all of `on` (not o), as the code's first version did on q and k",
      .flag, default: .flag(false)),
    .published,
  ]
  /// Rank when neither `rank` nor `rate` is given.
  static let defaultRank = 8

  private let settings: Settings

  public init(_ settings: Settings) throws {
    if settings.number("rank") != nil, settings.number("rate") != nil {
      throw EngineError.setting(
        name: "rank", expected: "given alone (rate says the same in another way)",
        found: "both")
    }
    if settings.flag("shared"), settings.texts("on").contains("o") {
      throw EngineError.setting(
        name: "on", expected: "some of q, k, v for a shared pair (o has another input)",
        found: "o")
    }
    self.settings = settings
  }

  public func build(_ builder: AttachmentBuilder) throws {
    let (rank, scale) = try rankAndScale(builder)
    let targets = settings.texts("on").compactMap(Projection.init(rawValue:))
    for layer in builder.layers {
      if settings.flag("shared") {
        let prefix = "\(builder.layerName(layer)).attention.attention.lora"
        let pair = try LoRAPair(
          builder, down: "\(prefix)_down.weight", up: "\(prefix)_up.weight", rank: rank,
          scale: scale)
        for target in targets { builder.hang(pair, on: .projection(target, inLayer: layer)) }
      } else {
        for target in targets {
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
    let alpha = settings.number("alpha") ?? 0
    if let rate = settings.number("rate") {
      return (try builder.bottleneck(rate: rate), Float(alpha / rate))
    }
    let rank = settings.integer("rank") ?? Self.defaultRank
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
