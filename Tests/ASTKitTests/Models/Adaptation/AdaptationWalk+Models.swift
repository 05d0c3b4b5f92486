import Foundation
import TestSupport

@testable import ASTKit

/// The models that are walked over, and how they are looked at.
extension AdaptationWalk {
  /// A model whose values are all zero, to be given others.
  static func blank(isSpeech: Bool) throws -> AudioClassifier {
    try AudioClassifier(
      backbone: isSpeech
        ? Wav2Vec2Model(speechSizes, from: Zeros())
        : ASTModel(TinyModel.sizes(layers: 1), from: Zeros()),
      head: ClassificationHead(.linear, hidden: 8, classes: 3, from: Zeros()),
      classes: ["a", "b", "c"], seed: 1)
  }

  static func model(isSpeech: Bool) throws -> AudioClassifier {
    let net = try blank(isSpeech: isSpeech)
    TinyModel.scatter(net.parameters, seed: 2)
    return net
  }

  private static var speechSizes: Wav2Vec2Configuration {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 1, 2, 16)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4, 5], [5, 3], [3, 2])
    (sizes.positionKernel, sizes.positionGroups) = (6, 2)
    return sizes
  }

  private struct Zeros: ParameterSource {
    func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
      try Tensor(shape)
    }
  }

  static func head(seed: Int) throws -> ClassificationHead {
    try ClassificationHead(.linear, hidden: 8, classes: 2, from: RandomParameters(seed: seed))
  }

  /// Moves all that is trainable, in memory of the model's own as the optimiser does.
  static func train(_ net: AudioClassifier, seed: UInt64) throws {
    for parameter in net.trainableParameters { _ = try parameter.writableValue() }
    TinyModel.scatter(net.trainableParameters, seed: seed, by: 0.1)
  }

  func logits(_ net: AudioClassifier) throws -> [UInt32] {
    try net.logits(sets.input).map(\.bitPattern)
  }

  /// The values of backbone and heads by the names that `ExpectedModel` has for them.
  static func values(_ net: AudioClassifier) -> ExpectedModel.Values {
    var values: ExpectedModel.Values = [:]
    for parameter in net.backbone.parameters {
      values["backbone/\(parameter.name)"] = parameter.value.values
    }
    let brought = net.adaptation.members.compactMap { one in one.task.map { (one.name, $0.head) } }
    for (name, head) in [(ExpectedModel.ownHead, net.ownTask.head)] + brought {
      for parameter in head.parameters {
        values["head/\(name)/\(parameter.name)"] = parameter.value.values
      }
    }
    return values
  }

  static func allInside(_ net: AudioClassifier) -> [String: ExpectedModel.Values] {
    var inside: [String: ExpectedModel.Values] = [:]
    for attachment in net.attachments { inside[attachment.name] = Self.inside(attachment) }
    return inside
  }

  static func inside(_ attachment: ASTKit.Attachment) -> ExpectedModel.Values {
    Dictionary(
      (attachment.parameters + attachment.buffers).map { ($0.name, $0.value.values) },
      uniquingKeysWith: { first, _ in first })
  }
}

/// All of a model's state, to tell whether anything changed.
struct Everything: Equatable {
  private let layout: String
  private let trainable: [String]
  private let tensors: [String: Data]
  /// Values in force, by the names of `ExpectedModel.trainable`.
  let named: [String: [Float]]

  init(_ net: AudioClassifier) {
    let state = net.adaptation.state
    layout = (try? state.layout.text()) ?? ""
    tensors = Dictionary(
      uniqueKeysWithValues: state.tensors.map { key, tensor in
        (key, Data(bytes: tensor.pointer, count: 4 * tensor.count))
      })
    trainable = net.adaptation.places.filter(\.parameter.isTrainable).map(\.key)
    var named = AdaptationWalk.values(net)
    for one in net.attachments {
      for parameter in one.parameters {
        named["\(one.name)/\(parameter.name)"] = parameter.value.values
      }
    }
    self.named = named
  }
}

extension Adaptation.Layout {
  /// As JSON.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
