import CKernels

extension Tape {
  /// `y = tanh(x)`, element by element.
  ///
  /// Shapes: `x` any, the result the same. Saved: the output, when `x` needs a gradient.
  public func tanh(_ x: Tensor) throws -> Tensor {
    let y = try Pointwise.map(x, ck_tanh_forward)
    if let slot = x.gradientSlot, needs(x) { record(Tanh(x: slot, output: y), output: y) }
    return y
  }
}

/// Saves the output: `dx = dy * (1 - y²)`.
private struct Tanh: Op {
  let x: GradientSlot
  let output: Tensor

  func backward(_ gradient: Tensor) throws {
    try x.add(Pointwise.map(gradient, output, ck_tanh_backward))
  }
}
