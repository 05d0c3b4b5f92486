/// A size that a user may choose for a model made by name; each kind of backbone says which it
/// takes.
public enum BackboneSize: String, CaseIterable, Sendable {
  /// Width of the hidden states.
  case hidden
  /// Encoder layers.
  case depth
  /// Attention heads.
  case heads
  /// Width of the feed-forward network; 4 times `hidden` where only that is chosen.
  case mlp
  /// Frames (10 ms) of a clip.
  case frames
  /// Mel bins of the features.
  case mels
}

extension BackboneConfiguration {
  /// These sizes with others in place of some.
  /// - Throws: `EngineError.setting` for a size that this kind of backbone does not take. Whether
  ///   the values make a model is for `validate` to tell.
  public func choosing(_ chosen: [BackboneSize: Int]) throws -> Self {
    var (result, values) = (self, chosen)
    if let hidden = chosen[.hidden], chosen[.mlp] == nil, Self.sizes[.mlp] != nil {
      values[.mlp] = 4 * hidden
    }
    for size in BackboneSize.allCases {
      guard let value = values[size] else { continue }
      guard let place = Self.sizes[size] else {
        let known = BackboneSize.allCases.filter { Self.sizes[$0] != nil }.map(\.rawValue)
        throw EngineError.setting(
          name: size.rawValue,
          expected: "left out: \(Self.title) takes \(known.joined(separator: ", "))",
          found: "\(value)")
      }
      result[keyPath: place] = value
    }
    return result
  }
}
