/// The stages of a model before anything trainable or attached: what they give for a clip is the
/// same in every epoch.
public struct FrozenPrefix: Equatable, Sendable, CustomStringConvertible {
  /// The first stage that is not part of it: `.embeddings` when there is no prefix, `.finish` when
  /// the whole encoder is one.
  public let end: Stage
  /// What ends it, in words.
  public let reason: String

  public var isEmpty: Bool { end == .embeddings }

  /// `is` or `are`, as the words of the stages want it.
  var verb: String { isEmpty || end == .finish ? "is" : "are" }

  /// The stages in words, such as `the embeddings and layers 0...3`.
  public var description: String {
    guard case .subLayer(let layer, let subLayer) = end else {
      return isEmpty ? "nothing" : "the whole encoder"
    }
    let before =
      switch layer {
      case 0: "the embeddings"
      case 1: "the embeddings and layer 0"
      default: "the embeddings and layers 0...\(layer - 1)"
      }
    return subLayer == .mhsa ? before : "\(before), and the attention of layer \(layer)"
  }
}

extension AudioClassifier {
  /// The stages that give the same in every epoch, from what is trainable and what is attached.
  public var frozenPrefix: FrozenPrefix {
    let active = activeAttachments
    for stage in backbone.stages {
      if let parameter = backbone.parameters(of: stage).first(where: \.isTrainable) {
        return FrozenPrefix(end: stage, reason: "'\(parameter.name)' is trained")
      }
      for attachment in active {
        if let site = attachment.hooks.first(where: { $0.site.stage == stage })?.site {
          return FrozenPrefix(end: stage, reason: "'\(attachment.name)' is attached to the \(site)")
        }
      }
    }
    return FrozenPrefix(end: .finish, reason: "only the head is trained")
  }
}
