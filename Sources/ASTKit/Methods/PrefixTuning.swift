/// Prefix-tuning (Li and Liang, arXiv 2101.00190): in every layer, `tokens / 2` trainable
/// rows each are put into the keys and the values, after position 0 and after the projection.
public struct PrefixTuning: PETLMethod {
  public static let kind = "prefix"
  public static let summary = "Trainable rows in the keys and values of each layer (2101.00190)."
  public static let example = "attach net, prefix(tokens: 24)"
  public static let settings = [
    Setting(
      "tokens", "rows a layer, half of them keys and half values; an even number", .integer,
      default: .number(24), range: 2...4096)
  ]

  private let rows: Int

  public init(_ settings: Settings) throws {
    let tokens = settings.integer("tokens") ?? 0
    guard tokens % 2 == 0 else {
      throw EngineError.setting(name: "tokens", expected: "an even number", found: "\(tokens)")
    }
    rows = tokens / 2
  }

  public func build(_ builder: AttachmentBuilder) throws {
    let initial = PromptTuning.initialization(hidden: builder.hidden)
    for layer in builder.layers {
      let prefix = "\(builder.layerName(layer)).attention.attention"
      let shape = [1, rows, builder.hidden]
      builder.hang(
        PrefixRows(
          key: try builder.parameter("\(prefix).key_tokens", shape, initial),
          value: try builder.parameter("\(prefix).value_tokens", shape, initial)),
        on: .keysAndValues(inLayer: layer))
    }
    builder.trainFinalNorm()
  }
}
