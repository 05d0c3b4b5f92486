/// The four projections of self-attention.
public enum Projection: String, CaseIterable, Sendable, Hashable, SettingChoice {
  case query = "q"
  case key = "k"
  case value = "v"
  case output = "o"
}

/// Corrects a projection of the attention: `W x + Δ(x)`. One that hangs on several projections
/// with the same input is computed once.
public protocol ProjectionHook: Hook {
  /// `[batch, tokens, hidden]` to the same shape.
  func delta(_ x: Tensor, _ tape: Tape) throws -> Tensor
}

/// Extra rows for the keys and values of a layer, put in after the class token.
final class PrefixRows: Hook {
  /// Each `[1, rows, hidden]`.
  let key: Parameter, value: Parameter

  init(key: Parameter, value: Parameter) { (self.key, self.value) = (key, value) }
}
