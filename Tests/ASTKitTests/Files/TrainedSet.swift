import ASTKit
import TestSupport
import Testing

/// What the tests of adapter files save and load.
enum TrainedSet {
  /// A model with one attachment, `x`, and every trained number moved.
  static func model(
    _ kind: String = "conformer", classes: [String] = ["a", "b", "c"], pooling: Pooling = .all,
    seed: UInt64 = 6
  ) throws -> AudioClassifier {
    let net = try TinyModel.classifier(classes: classes, pooling: pooling)
    let settings: [String: SettingValue] = kind == "conformer" ? ["rate": .number(4)] : [:]
    try net.attach(kind, settings, name: "x")
    TinyModel.scatter(net.trainableParameters, seed: seed)
    _ = try net.forward(TinyModel.input(), Tape(.training, recording: false))
    return net
  }

  /// The error, after a check that the model is what it was.
  static func refusal(
    _ path: String, into net: AudioClassifier, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let (values, logits, head) = (net.allValues, try net.logits(TinyModel.input()), net.head)
    let trainable = net.trainableParameters.map(\.name)
    let attached = net.attachments.map(\.name)
    let error = try #require(throws: (any Error).self, sourceLocation: sourceLocation) {
      try AdapterFile.load(path, into: net)
    }
    #expect(error is any DescribedError, "\(error)", sourceLocation: sourceLocation)
    #expect(net.head === head, sourceLocation: sourceLocation)
    #expect(net.attachments.map(\.name) == attached, sourceLocation: sourceLocation)
    #expect(net.allValues == values, sourceLocation: sourceLocation)
    #expect(try net.logits(TinyModel.input()) == logits, sourceLocation: sourceLocation)
    #expect(
      net.trainableParameters.map(\.name) == trainable && net.freezeRules.isEmpty
        && net.features == nil && net.classes.count == net.head.classes,
      sourceLocation: sourceLocation)
    return "\(error)"
  }
}
