import CKernels

extension Tape {
  /// `y = max(x, 0)`, element by element.
  ///
  /// Shapes: `x` any, the result the same. Saved: the output, when `x` needs a gradient.
  public func relu(_ x: Tensor) throws -> Tensor {
    let y = try Pointwise.map(x, ck_relu_forward)
    if let slot = x.gradientSlot, needs(x) { record(ReLU(x: slot, output: y), output: y) }
    return y
  }
}

/// Saves the output, which the next op mostly keeps as well.
private struct ReLU: Op {
  let x: GradientSlot
  let output: Tensor

  func backward(_ gradient: Tensor) throws {
    try x.add(Pointwise.map(gradient, output, ck_relu_backward))
  }
}
