/// Linear probing: the backbone stays frozen, and only the head and AST's final LayerNorm are
/// trained, each with a learning rate of its own.
public struct LinearProbing: PETLMethod {
  public static let kind = "linear"
  public static let summary =
    "Trains only the head and, in AST, the final LayerNorm (linear probing)."
  public static let example = "attach net, linear(backbone_lr: 1e-3)"
  public static let defaults = LinearProbing()
  public static let declarations = [
    SettingOf<LinearProbing>(
      "backbone_lr", "learning rate of the final LayerNorm; default: the trainer's lr",
      \.backboneLearningRate, bounds: .between(0...1))
  ]

  /// Learning rate of the final LayerNorm; `nil`: the run's.
  public var backboneLearningRate: Double?

  /// - Parameters: as the settings.
  public init(backboneLearningRate: Double? = nil) {
    self.backboneLearningRate = backboneLearningRate
  }

  public func build(_ builder: AttachmentBuilder) throws {
    guard !builder.layersWereChosen else {
      throw EngineError.refused("'linear' takes no layers: it trains none of them")
    }
    builder.trainFinalNorm()
    builder.backboneLearningRate = backboneLearningRate
  }
}
