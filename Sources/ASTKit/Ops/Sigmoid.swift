import CKernels

extension Tape {
  /// `y = 1 / (1 + e^-x)`, element by element.
  ///
  /// Shapes: `x` any, the result the same. Saved: the output, when `x` needs a gradient.
  public func sigmoid(_ x: Tensor) throws -> Tensor {
    let y = try Pointwise.map(x, ck_sigmoid_forward)
    if let slot = x.gradientSlot, needs(x) { record(Sigmoid(x: slot, output: y), output: y) }
    return y
  }
}

/// Saves the output: `dx = dy * y * (1 - y)`.
private struct Sigmoid: Op {
  let x: GradientSlot
  let output: Tensor

  func backward(_ gradient: Tensor) throws {
    try x.add(Pointwise.map(gradient, output, ck_sigmoid_backward))
  }
}
