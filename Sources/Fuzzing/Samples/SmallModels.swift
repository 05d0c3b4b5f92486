import ASTKit
import TestSupport

/// Models of a few kilobytes.
package enum SmallModels {
  /// One layer, two classes; `isClassifier` gives it transformers' head.
  package static func ast(isClassifier: Bool = false) throws -> AudioClassifier {
    try TinyModel.classifier(
      layers: 1, hidden: 4, classes: ["a", "b"],
      pooling: isClassifier ? .clsAndDistillation : .all)
  }

  package static func wav2vec2() throws -> AudioClassifier {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 1, 2, 8)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4], [5], [3])
    (sizes.positionKernel, sizes.positionGroups) = (4, 2)
    let source = RandomParameters(seed: 1)
    return try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 2, from: source),
      classes: ["u", "v"])
  }

  /// Every number of a model, what it is for, and what it makes of silence.
  package static func digest(_ model: AudioClassifier) throws -> Int {
    var hasher = Hasher()
    for (name, values) in model.allValues.sorted(by: { $0.key < $1.key }) {
      hasher.combine(name)
      values.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    hasher.combine(model.classes)
    hasher.combine(model.pooling)
    hasher.combine(model.features)
    hasher.combine(model.parameterCounts.trainable)
    let backbone = model.backbone
    var shape = backbone.sampleShape
    if shape.count == 1 {
      // Of waveforms, a typical clip is long; a few samples do if they give a token.
      var samples = 60
      while samples < shape[0], backbone.tokens(in: [samples]) == 0 { samples *= 2 }
      shape[0] = min(shape[0], samples)
    }
    if shape.reduce(1, *) <= 100_000, backbone.tokens(in: shape) <= 500 {
      try model.logits(Tensor([1] + shape)).withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    return hasher.finalize()
  }
}
