import ASTKit

/// A place for adapters under construction: `ffn`, `ffn.parallel`, `ffn.parallel.before`.
final class PositionObject: ObjectArgument {
  /// The words so far, such as `["ffn", "parallel"]`.
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  static let typeDescription = "a position"
  let typeName = "position"

  /// What the words mean; the parts left out take their defaults.
  var position: Position { Position(text) ?? .pfeiffer }
  private var text: String { words.joined(separator: ".") }

  var memberNames: [String] {
    switch words.count {
    case 1: ["parallel", "sequential"]
    case 2: ["before", "after"]
    default: []
    }
  }

  func member(_ name: String) -> Value? {
    memberNames.contains(name) ? .object(PositionObject(words + [name])) : nil
  }

  func memberSummary(_ name: String) -> String? {
    [
      "parallel": "beside the sub-layer", "sequential": "in line with the sub-layer",
      "before": "fed with the sub-layer's input", "after": "fed with the sub-layer's output",
    ][name]
  }

  var summary: String { text }
  func isEqual(to other: any LangObject) -> Bool {
    (other as? PositionObject)?.position == position
  }
}

extension Constants {
  /// The places where adapters go.
  static let positions: [Constant] = [
    ("mhsa", "The attention sub-layer, a position: mhsa.parallel.before and its like."),
    ("ffn", "The feed-forward sub-layer, a position: ffn.parallel.before and its like."),
    ("houlsby", "Both sub-layers, a position (Houlsby et al., 1902.00751)."),
    ("pfeiffer", "The feed-forward sub-layer, a position (Pfeiffer et al., 2005.00247)."),
  ].map { Constant($0.0, $0.1, .object(PositionObject([$0.0]))) }
}
