import CKernels

extension Tape {
  /// `z = x * y`, element by element.
  ///
  /// Shapes: `x` and `y` the same, which is also the result's. Saved: `y` if `x` needs a
  /// gradient and the other way round.
  /// - Throws: `EngineError.shape` if the shapes differ.
  public func multiply(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    guard x.shape == y.shape else {
      throw EngineError.shape(
        operation: "multiplication", expected: "shape \(x.shape)", found: y.shape)
    }
    let z = try Pointwise.map(x, y, ck_multiply)
    if needs(x, y) {
      record(
        Multiply(
          x: x.gradientSlot, y: y.gradientSlot, first: y.gradientSlot == nil ? nil : x,
          second: x.gradientSlot == nil ? nil : y), output: z)
    }
    return z
  }
}

/// Saves each factor for the gradient of the other: `dx = dz * y`, `dy = dz * x`.
private struct Multiply: Op {
  let x: GradientSlot?, y: GradientSlot?
  let first: Tensor?, second: Tensor?

  func backward(_ gradient: Tensor) throws {
    if let x, let second { try x.add(Pointwise.map(gradient, second, ck_multiply)) }
    if let y, let first { try y.add(Pointwise.map(gradient, first, ck_multiply)) }
  }
}
