import CKernels

extension Tape {
  /// `y = x * sigmoid(1.702 x)`, the approximation of GELU that CLIP and Convpass use, element
  /// by element.
  ///
  /// Shapes: `x` any, the result the same. Saved: the input, when `x` needs a gradient.
  public func quickGELU(_ x: Tensor) throws -> Tensor {
    let y = try Pointwise.map(x, ck_quick_gelu_forward)
    if let slot = x.gradientSlot, needs(x) { record(QuickGELU(x: slot, input: x), output: y) }
    return y
  }
}

/// Saves the input: with `s = sigmoid(1.702 x)`, `dx = dy * s * (1 + 1.702 x * (1 - s))`.
private struct QuickGELU: Op {
  let x: GradientSlot
  let input: Tensor

  func backward(_ gradient: Tensor) throws {
    try x.add(Pointwise.map(gradient, input, ck_quick_gelu_backward))
  }
}
