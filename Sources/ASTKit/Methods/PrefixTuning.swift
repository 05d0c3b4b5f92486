/// Prefix-tuning (Li and Liang, arXiv 2101.00190): in every layer, `tokens / 2` trainable
/// rows each are put into the keys and the values, after position 0 and after the projection.
public struct PrefixTuning: PETLMethod {
  public static let kind = "prefix"
  public static let summary = "Trainable rows in the keys and values of each layer (2101.00190)."
  public static let example = "attach net, prefix(tokens: 24)"
  public static let defaults = PrefixTuning()
  public static let declarations = [
    SettingOf<PrefixTuning>(
      "tokens", "rows a layer, half of them keys and half values; an even number", \.tokens,
      bounds: .between(2...4096))
  ]

  /// Rows a layer, half of them keys and half values; an even number.
  public var tokens: Int

  /// - Parameters: as the settings.
  public init(tokens: Int = 24) { self.tokens = tokens }

  public func validate() throws {
    try checkSettings()
    guard tokens % 2 == 0 else {
      throw EngineError.setting(name: "tokens", expected: "an even number", found: "\(tokens)")
    }
  }

  public func build(_ builder: AttachmentBuilder) throws {
    let initial = PromptTuning.initialization(hidden: builder.hidden)
    for layer in builder.layers {
      let prefix = "\(builder.layerName(layer)).attention.attention"
      let shape = [1, tokens / 2, builder.hidden]
      builder.hang(
        PrefixRows(
          key: try builder.parameter("\(prefix).key_tokens", shape, initial),
          value: try builder.parameter("\(prefix).value_tokens", shape, initial)),
        on: .keysAndValues(inLayer: layer))
    }
    builder.trainFinalNorm()
  }
}
