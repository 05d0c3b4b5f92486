import CKernels

extension Tape {
  /// `y = x / (sqrt(sum of x²) + epsilon)` along one dimension, as Soft-MoE normalises tokens
  /// and slots (Puigcerver et al., 2023).
  ///
  /// Shapes: `x` any, the result the same. Saved: `x`, when it needs a gradient.
  /// - Parameters:
  ///   - axis: the dimension; negative counts from the end.
  /// - Throws: `EngineError.shape` if there is no such dimension.
  public func l2Normalize(
    _ x: Tensor, axis: Int = -1, epsilon: Float = 1e-6
  ) throws -> Tensor {
    let layout = try AxisLayout(x.shape, axis: axis, operation: "L2 normalisation")
    let y = try Tensor(uninitialized: x.shape)
    let (output, input) = (y.pointer, x.pointer)
    layout.split { i, outer in
      ck_l2_normalize_forward(
        output + i, input + i, epsilon, outer, layout.n, layout.inner)
    }
    if let slot = x.gradientSlot, needs(x) {
      record(L2Normalize(x: slot, input: x, layout: layout, epsilon: epsilon), output: y)
    }
    return y
  }
}

/// Saves the input: with `r = sqrt(sum(x²))` and `d = r + epsilon`,
/// `dx = dy / d - x * sum(dy * x) / (r d²)`.
private struct L2Normalize: Op {
  let x: GradientSlot
  let input: Tensor
  let layout: AxisLayout
  let epsilon: Float

  func backward(_ gradient: Tensor) throws {
    let result = try Tensor(uninitialized: input.shape)
    let (dx, dy, x) = (result.pointer, gradient.pointer, input.pointer)
    layout.split { i, outer in
      ck_l2_normalize_backward(dx + i, dy + i, x + i, epsilon, outer, layout.n, layout.inner)
    }
    try self.x.add(result)
  }
}
