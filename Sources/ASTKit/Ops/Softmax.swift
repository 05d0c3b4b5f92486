import CKernels

extension Tape {
  /// `y[i] = e^x[i] / sum over j of e^x[j]` along one dimension.
  ///
  /// Shapes: `x` any, the result the same. Saved: the output, when `x` needs a gradient.
  /// - Parameter axis: the dimension; negative counts from the end.
  /// - Throws: `EngineError.shape` if there is no such dimension.
  public func softmax(_ x: Tensor, axis: Int = -1) throws -> Tensor {
    let layout = try AxisLayout(x.shape, axis: axis, operation: "softmax")
    let y = try Tensor(uninitialized: x.shape)
    let (output, input) = (y.pointer, x.pointer)
    layout.split { i, outer in
      ck_softmax_forward(output + i, input + i, outer, layout.n, layout.inner)
    }
    if let slot = x.gradientSlot, needs(x) {
      record(Softmax(x: slot, output: y, layout: layout), output: y)
    }
    return y
  }
}

/// Saves the output: `dx = y * (dy - sum(dy * y))`.
private struct Softmax: Op {
  let x: GradientSlot
  let output: Tensor
  let layout: AxisLayout

  func backward(_ gradient: Tensor) throws {
    let result = try Tensor(uninitialized: output.shape)
    let (dx, dy, y) = (result.pointer, gradient.pointer, output.pointer)
    layout.split { i, outer in
      ck_softmax_backward(dx + i, dy + i, y + i, outer, layout.n, layout.inner)
    }
    try x.add(result)
  }
}
