extension Setting {
  init(
    _ name: String, _ summary: String, _ kind: Kind, default defaultValue: SettingValue = .none,
    range: ClosedRange<Double>? = nil, allowed: [String] = []
  ) {
    self.init(
      name: name, summary: summary, kind: kind, defaultValue: defaultValue, unit: nil,
      bounds: range.map { $0.upperBound.isFinite ? .between($0) : .atLeast($0.lowerBound) },
      allowed: allowed)
  }
}

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

/// The values of a method's settings, complete and checked against their declarations.
public struct Settings: Sendable, Equatable {
  public private(set) var values: [String: SettingValue]

  /// Fills in defaults and checks every value.
  /// - Throws: `EngineError.unknownName` or `EngineError.setting`.
  public init(_ given: [String: SettingValue] = [:], declared: [Setting]) throws {
    for name in given.keys.sorted() where !declared.contains(where: { $0.name == name }) {
      throw EngineError.unknownName(kind: "setting", name: name, known: declared.map(\.name))
    }
    values = [:]
    for setting in declared {
      // "Nothing" is as good as left out.
      let found = given[setting.name] ?? .none
      let value = found == .none ? setting.defaultValue : found
      try setting.check(value)
      values[setting.name] = value
    }
  }

  /// The number, or `nil` when the setting was left out.
  public func number(_ name: String) -> Double? {
    if case .number(let x)? = values[name] { return x }
    return nil
  }
  /// The whole number, or `nil` when the setting was left out.
  public func integer(_ name: String) -> Int? { number(name).map { Int(clamped: $0) } }
  /// The flag; left out is `false`.
  public func flag(_ name: String) -> Bool { values[name] == .flag(true) }
  /// The text, or `nil` when the setting was left out.
  public func text(_ name: String) -> String? {
    if case .text(let text)? = values[name] { return text }
    return nil
  }
  /// The list; left out is empty.
  public func texts(_ name: String) -> [String] {
    if case .texts(let list)? = values[name] { return list }
    return []
  }
}
