/// BitFit: trains only the biases (Ben Zaken, Goldberg and Ravfogel, arXiv 2106.10199), of
/// linear layers and of LayerNorms. The bias of the patch convolution stays frozen unless
/// `patch` is set, as in the published code.
public struct BitFit: PETLMethod {
  public static let kind = "bitfit"
  public static let summary = "Trains only the biases of linear layers and LayerNorms (2106.10199)."
  public static let example = "attach net, bitfit()"
  public static let defaults = BitFit()
  public static let declarations = [
    SettingOf<BitFit>("patch", "trains the bias of the patch convolution too", \.patch)
  ]

  /// Whether the bias of the patch convolution is trained, too.
  public var patch: Bool

  /// - Parameters: as the settings.
  public init(patch: Bool = false) { self.patch = patch }

  public func build(_ builder: AttachmentBuilder) {
    for layer in builder.layers {
      let parts = builder.encoderLayer(layer)
      builder.unfreeze(parts.linearLayers.compactMap(\.bias))
      builder.unfreeze(parts.norms.map(\.beta))
    }
    let outside = builder.backbone.trainedWithHead + (patch ? patchBiases(builder) : [])
    builder.unfreeze(outside.filter { $0.name.hasSuffix(".bias") })
  }

  private func patchBiases(_ builder: AttachmentBuilder) -> [Parameter] {
    builder.backbone.parameters.filter { $0.name.contains("patch_embeddings") }
  }
}
