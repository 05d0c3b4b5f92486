import ASTKit

/// Models small enough that a test runs through many of them, with no value left at zero.
public enum TinyModel {
  /// 9 patches, 11 tokens.
  public static func sizes(layers: Int = 2, hidden: Int = 8) -> ASTConfiguration {
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.layers, sizes.heads) = (hidden, layers, 2)
    sizes.intermediate = 2 * hidden
    (sizes.frames, sizes.melBins) = (36, 36)
    return sizes
  }

  /// A classifier of three classes (or as many as asked for) whose backbone and head are
  /// spread out as if it had been trained. The same arguments give the same values.
  public static func classifier(
    layers: Int = 2, hidden: Int = 8, classes: [String] = ["a", "b", "c"],
    pooling: Pooling = .all, seed: Int = 1
  ) throws -> AudioClassifier {
    let sizes = sizes(layers: layers, hidden: hidden)
    let source = RandomParameters(seed: seed)
    let net = try AudioClassifier(
      backbone: ASTModel(sizes, from: source),
      head: ClassificationHead(
        pooling == .clsAndDistillation ? .normalised : .linear, hidden: hidden,
        classes: classes.count, normEps: sizes.layerNormEps, from: source),
      classes: classes, pooling: pooling, seed: seed)
    scatter(net.parameters, seed: UInt64(seed))
    return net
  }

  /// Random spectrograms `[batch, 36, 36]`.
  public static func input(batch: Int = 2, seed: UInt64 = 3) -> Tensor {
    DoubleTensor.random([batch, 36, 36], seed: seed).tensor
  }

  /// Moves every value by up to `amount`, each by its own, as training would.
  public static func scatter(_ parameters: [Parameter], seed: UInt64, by amount: Double = 0.3) {
    for parameter in parameters {
      var random = RandomSource(seed: seed).fork(parameter.name)
      for i in 0..<parameter.count {
        parameter.value.pointer[i] += Float(amount * (2 * random.uniform() - 1))
      }
      // What was known of the values before is known no more.
      try? parameter.replaceValue(parameter.value)
    }
  }
}

extension AudioClassifier {
  /// The logits of an input, in use and not in training.
  public func logits(_ input: Tensor) throws -> [Float] {
    try forward(input, Tape(.inference, recording: false)).values
  }

  /// Every number that the model has, by name: parameters and batch-norm statistics.
  public var allValues: [String: [Float]] {
    let own = attachments.flatMap { attachment in
      (attachment.parameters + attachment.buffers).map { ("\(attachment.name)/\($0.name)", $0) }
    }
    let shared = (backbone.parameters + head.parameters).map { ($0.name, $0) }
    return Dictionary(
      (own + shared).map { ($0, $1.value.values) }, uniquingKeysWith: { first, _ in first })
  }
}
