/// wav2vec 2.0 in the list of backbones.
extension Wav2Vec2Configuration: BackboneConfiguration {
  public static let name = "wav2vec2"
  public static let title = "wav2vec 2.0"
  public static let transformers = TransformersNames(
    modelType: "wav2vec2", family: "Wav2Vec2",
    classifier: "Wav2Vec2ForSequenceClassification", attribute: "wav2vec2")

  public static let defaults = Wav2Vec2Configuration()
  public static let declarations: [SettingOf<Wav2Vec2Configuration>] = [
    .hidden(\.hidden), .depth(\.layers), .heads(\.heads), .mlp(\.intermediate),
  ]

  public static let features = FeatureSettings.Kind.waveform

  public static let anchors = ["feature_extractor.conv_layers.0.conv.weight", "masked_spec_embed"]
  public static let roots: Set = ["encoder", "feature_extractor", "feature_projection"]
  public static let layouts = [
    WeightLayout(
      name: "wav2vec2", isMark: { $0.contains("feature_extractor.conv_layers.") },
      meaning: Wav2Vec2Names.meaning)
  ]

  public var parameterEstimate: Double {
    let (hidden, inner) = (Double(hidden), Double(intermediate))
    let convolutions = channels.indices.reduce(0.0) { sum, i in
      sum + Double(channels[i]) * Double(i == 0 ? 1 : channels[i - 1]) * Double(kernels[i])
    }
    return convolutions + hidden * Double(channels.last ?? 0)
      + hidden * hidden / Double(positionGroups) * Double(positionKernel)
      + Double(layers) * hidden * (4 * hidden + 2 * inner)
  }

  /// The first size that another backbone has otherwise, in words; `nil` where all are equal.
  public func firstDifference(from other: Wav2Vec2Configuration) -> String? {
    let first = firstDifference(
      from: other,
      in: [
        ("hidden", \.hidden), ("layers", \.layers), ("heads", \.heads),
        ("intermediate", \.intermediate),
      ])
    return first ?? (self == other ? nil : "the convolutions or the order of norms differ")
  }

  /// - Throws: what the source throws for a parameter that is missing or of another shape.
  public func build(from source: any ParameterSource) throws -> any Backbone {
    try Wav2Vec2Model(self, from: source)
  }
}
