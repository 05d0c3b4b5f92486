/// Settings that several methods share, so that they are worded once.
extension Setting {
  static let rate = Setting(
    "rate", "reduction: bottleneck = round(hidden / rate), halves to even", .number,
    default: .number(96), range: 1...Double.infinity)
  static let kernel = Setting(
    "kernel", "width of the depthwise convolution in tokens, odd or even", .integer,
    default: .number(31), range: 1...4096)
  static let residual = Setting(
    "residual", "adds the adapter's input once more, see the positions", .flag,
    default: .flag(false))
  static let norms = Setting(
    "norms", "trains the backbone's LayerNorm beside it; default: in AST, not in wav2vec 2.0",
    .flag)
  static let published = Setting(
    "published", "exactly as the published code computes it, where that departs from the papers",
    .flag, default: .flag(false))

  static func dropout(_ value: Double) -> Setting {
    Setting(
      "dropout", "probability of dropping an element in training", .number,
      default: .number(value), range: 0...0.99)
  }

  static let adapters = Setting(
    "adapters", "number of expert adapters", .integer, default: .number(4), range: 1...256)
  static let experts = Setting(
    "experts", "kind of the expert adapters", .choice, default: .text("bottleneck"),
    allowed: AdapterBlock.allCases.map(\.rawValue))
}
