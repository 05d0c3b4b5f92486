/// Sizes that several kinds of backbones have, so that they are worded once.
extension SettingOf where Owner: BackboneConfiguration {
  static func hidden(_ property: Property<Int>) -> Self {
    Self("hidden", "width of the hidden states", property, bounds: .between(1...16_384))
  }
  static func depth(_ property: Property<Int>) -> Self {
    Self("depth", "encoder layers", property, bounds: .between(1...256))
  }
  static func heads(_ property: Property<Int>) -> Self {
    Self("heads", "attention heads", property, bounds: .between(1...16_384))
  }
  static func mlp(_ property: Property<Int>) -> Self {
    Self(
      "mlp", "width of the feed-forward network; default: 4 hidden", property,
      bounds: .between(1...65_536))
  }
  static func frames(_ property: Property<Int>) -> Self {
    Self(
      "frames", "frames (10 ms) of a clip; default: 1024 or the file's", property,
      bounds: .between(1...100_000))
  }
  static func mels(_ property: Property<Int>) -> Self {
    Self("mels", "mel bins of the features", property, bounds: .between(1...4096))
  }
}

extension BackboneConfiguration {
  /// These sizes with others, by the names of their declarations, in place of some; `mlp` is
  /// 4 `hidden` where only that is chosen.
  /// - Throws: `EngineError.setting` for a size that this kind of backbone does not have, or a
  ///   value out of its bounds. Whether they make a model together is for `validate` to tell.
  public func choosing(_ chosen: [String: SettingValue]) throws -> Self {
    let known = Self.settings.map(\.name)
    for name in chosen.keys.sorted() where !known.contains(name) {
      throw EngineError.setting(
        name: name, expected: "left out: \(Self.title) takes \(known.joined(separator: ", "))",
        found: chosen[name, default: .none].description)
    }
    var (result, values) = (self, chosen)
    if case .number(let hidden)? = chosen["hidden"], chosen["mlp"] == nil, known.contains("mlp") {
      values["mlp"] = .number(4 * hidden)
    }
    try result.set(values)
    return result
  }
}
