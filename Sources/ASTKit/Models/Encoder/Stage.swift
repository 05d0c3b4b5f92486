/// One step of the walk through a backbone, from the input to the tokens that the head sees.
///
/// A walk is the embeddings, then two sub-layers a layer, then the finish: the last norm.
public enum Stage: Hashable, Sendable, Comparable {
  /// From the input to the hidden states of the first layer.
  case embeddings
  /// The attention or the feed-forward network of a layer, with its norm, its residual and
  /// all that is attached there.
  case subLayer(layer: Int, SubLayer)
  /// What follows the last layer.
  case finish

  /// The stages of a backbone of so many layers, in order.
  static func all(layers: Int) -> [Stage] {
    [.embeddings]
      + (0..<layers).flatMap { layer in
        SubLayer.allCases.map { .subLayer(layer: layer, $0) }
      } + [.finish]
  }

  public static func < (a: Stage, b: Stage) -> Bool { a.order < b.order }

  /// The layer and the half of it, with the ends before and behind all of them.
  private var order: (Int, Int) {
    switch self {
    case .embeddings: (-1, 0)
    case .subLayer(let layer, let subLayer): (layer, subLayer == .mhsa ? 0 : 1)
    case .finish: (.max, 0)
    }
  }
}
