/// The adapter modules that a mixture or a hydra can be made of.
enum AdapterBlock: String, CaseIterable {
  case bottleneck, convpass, conformer

  /// Makes one with names under `name`. `settings` may hold `kernel` and `dropout`.
  func make(_ name: String, _ builder: AttachmentBuilder) throws -> any AdapterModule {
    switch self {
    case .bottleneck: try BottleneckModule(name, builder)
    case .convpass: try ConvpassModule(name, builder)
    case .conformer: try ConformerModule(name, builder)
    }
  }
}
