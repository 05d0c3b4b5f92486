import CKernels

extension Tape {
  /// `y = x * sigmoid(x)`, also called swish (Ramachandran et al., 2017), element by
  /// element.
  ///
  /// Shapes: `x` any, the result the same. Saved: the input, when `x` needs a gradient.
  public func silu(_ x: Tensor) throws -> Tensor {
    let y = try Pointwise.map(x, ck_silu_forward)
    if let slot = x.gradientSlot, needs(x) { record(SiLU(x: slot, input: x), output: y) }
    return y
  }
}

/// Saves the input: with `s = sigmoid(x)`, `dx = dy * s * (1 + x * (1 - s))`.
private struct SiLU: Op {
  let x: GradientSlot
  let input: Tensor

  func backward(_ gradient: Tensor) throws {
    try x.add(Pointwise.map(gradient, input, ck_silu_backward))
  }
}
