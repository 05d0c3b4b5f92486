/// The two halves of an encoder layer.
public enum SubLayer: String, CaseIterable, Sendable, Hashable, Codable {
  /// Multi-head self-attention.
  case mhsa
  /// The feed-forward network.
  case ffn
}

/// How an adapter stands to its sub-layer S with input x (the normalised hidden states):
///
/// | placement | what the sub-layer contributes |
/// |---|---|
/// | `parallel.before` | S(x) + A(x), and + x with residual |
/// | `parallel.after` | S(x) + A(S(x)) |
/// | `sequential.before` | S(A(x)) + A(x); A(x) + x takes A(x)'s place with residual |
/// | `sequential.after` | A(S(x)), and + S(x) with residual |
///
/// (arXiv 2312.03694, first version, section on location; the published ablation computes
/// `sequential.after` always with the residual.)
public enum Placement: String, CaseIterable, Sendable, Hashable, Codable {
  case parallelBefore = "parallel.before"
  case parallelAfter = "parallel.after"
  case sequentialBefore = "sequential.before"
  case sequentialAfter = "sequential.after"
}

/// Where an adapter goes in each layer: one sub-layer or both, and how.
///
/// `pfeiffer` is a name for the feed-forward sub-layer and `houlsby` for both (Pfeiffer et
/// al., arXiv 2005.00247; Houlsby et al., arXiv 1902.00751).
public struct Position: Hashable, Sendable, Codable, CustomStringConvertible {
  public var subLayers: [SubLayer]
  public var placement: Placement

  public init(_ subLayers: [SubLayer], _ placement: Placement) {
    self.subLayers = subLayers
    self.placement = placement
  }

  /// As written in the language, such as `ffn.parallel.before`.
  public var description: String {
    let place = subLayers.count > 1 ? "houlsby" : (subLayers.first ?? .ffn).rawValue
    return "\(place).\(placement.rawValue)"
  }

  /// Reads what `description` writes; also `pfeiffer.…`, and a placement left out in part:
  /// `parallel` alone means before, `sequential` alone after.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch parts.first {
    case "mhsa": subLayers = [.mhsa]
    case "ffn", "pfeiffer": subLayers = [.ffn]
    case "houlsby": subLayers = [.mhsa, .ffn]
    default: return nil
    }
    switch parts.dropFirst().joined(separator: ".") {
    case "", "parallel", "parallel.before": placement = .parallelBefore
    case "parallel.after": placement = .parallelAfter
    case "sequential.before": placement = .sequentialBefore
    case "sequential", "sequential.after": placement = .sequentialAfter
    default: return nil
    }
  }

  /// Both sub-layers, beside them.
  public static let houlsby = Position([.mhsa, .ffn], .parallelBefore)
  /// The feed-forward sub-layer, beside it.
  public static let pfeiffer = Position([.ffn], .parallelBefore)
}
