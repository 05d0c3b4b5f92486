/// The adapter modules that a mixture or a hydra can be made of.
public enum AdapterBlock: String, CaseIterable, Sendable, SettingChoice {
  case bottleneck, convpass, conformer

  /// Makes one with names under `name`; each takes those of the numbers that it has a use for.
  func make(
    _ name: String, _ builder: AttachmentBuilder, rate: Double, kernel: Int, dropout: Double
  ) throws -> any AdapterModule {
    switch self {
    case .bottleneck: try BottleneckModule(name, builder, rate: rate)
    case .convpass: try ConvpassModule(name, builder, rate: rate, dropout: dropout)
    case .conformer:
      try ConformerModule(name, builder, rate: rate, kernel: kernel, dropout: dropout)
    }
  }
}
