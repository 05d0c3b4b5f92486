/// Full fine-tuning: trains the whole backbone, or the layers asked for and nothing before
/// them (the published wav2vec 2.0 runs train the last three).
public struct FullFineTuning: PETLMethod {
  public static let kind = "full"
  public static let summary =
    "Trains the whole backbone, or chosen layers and, in AST, the final LayerNorm."
  public static let example = "attach net, full(), layers: 9...11"
  public static let defaults = FullFineTuning()
  public static let declarations: [SettingOf<FullFineTuning>] = []

  /// It has no settings.
  public init() {}

  public func build(_ builder: AttachmentBuilder) {
    if builder.layersWereChosen {
      for layer in builder.layers { builder.unfreeze(builder.encoderLayer(layer).parameters) }
      builder.trainFinalNorm()
    } else {
      builder.unfreeze(builder.backbone.parameters)
    }
  }
}
