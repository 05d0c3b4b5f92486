/// A small trainable module that maps hidden states to hidden states.
public protocol AdapterModule: AnyObject {
  /// `[batch, tokens, hidden]` to the same shape.
  func forward(_ x: Tensor, _ tape: Tape) throws -> Tensor
}

/// An adapter in its place at one sub-layer of one layer.
struct SubLayerAdapter {
  let subLayer: SubLayer
  let placement: Placement
  let residual: Bool
  let module: any AdapterModule
  /// Adds the module's output a second time, after the feed-forward sub-layer, as the
  /// published mixtures of adapters do.
  var repeatsAfterFFN = false
  /// Takes the normalised hidden states for the feed-forward residual, as the published
  /// hydra at MHSA does.
  var replacesFFNResidual = false
}

/// The four projections of self-attention.
public enum Projection: String, CaseIterable, Sendable, Hashable {
  case query = "q"
  case key = "k"
  case value = "v"
  case output = "o"
}

/// What LoRA adds to one or more projections of a layer: `Δ(x)`.
protocol ProjectionAdapter: AnyObject {
  /// The projections this one correction is added to.
  var targets: [Projection] { get }
  /// `[batch, tokens, hidden]` to the same shape.
  func delta(_ x: Tensor, _ tape: Tape) throws -> Tensor
  /// What to add to a projection's weight for the same effect, `[hidden, hidden]`.
  /// - Throws: `EngineError.memory`
  func correction() throws -> Tensor
}

/// Extra rows for the keys and values of a layer, put in after the class token.
struct PrefixRows {
  /// Each `[1, rows, hidden]`.
  let key: Parameter, value: Parameter
}

/// Everything attached to one layer.
public struct LayerHooks {
  var adapters: [SubLayerAdapter] = []
  var projections: [any ProjectionAdapter] = []
  var prefixes: [PrefixRows] = []

  mutating func append(_ other: LayerHooks) {
    adapters += other.adapters
    projections += other.projections
    prefixes += other.prefixes
  }
}
