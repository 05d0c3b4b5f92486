import ASTKit

/// A wav2vec 2.0 model small enough that a test runs through many of them.
public enum TinySpeech {
  /// Two layers, two convolutions, three classes; inputs `[batch, samples]`.
  public static func classifier(isStable: Bool) throws -> AudioClassifier {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 2, 2, 16)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4, 5], [5, 3], [3, 2])
    (sizes.positionKernel, sizes.positionGroups) = (6, 2)
    (sizes.isStable, sizes.featureNorm) = (isStable, isStable ? .layer : .group)
    let source = RandomParameters(seed: 1)
    let net = try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 3, from: source),
      classes: ["a", "b", "c"])
    TinyModel.scatter(net.parameters, seed: 2)
    return net
  }
}
