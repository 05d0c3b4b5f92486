import CKernels

extension Tape {
  /// Gated linear unit (Dauphin et al., 2017): `y = a * sigmoid(b)`, where `a` and `b` are the
  /// two halves of the last dimension of `x`.
  ///
  /// Shapes: `x` `[…, 2h]`, the result `[…, h]`. Saved: `x`, when it needs a gradient.
  /// - Throws: `EngineError.shape` if the last dimension is odd.
  public func glu(_ x: Tensor) throws -> Tensor {
    guard !x.shape.isEmpty, x.columns % 2 == 0 else {
      throw EngineError.shape(
        operation: "GLU", expected: "an even last dimension", found: x.shape)
    }
    let half = x.columns / 2
    let y = try Tensor(uninitialized: x.shape.dropLast() + [half])
    let (output, input) = (y.pointer, x.pointer)
    Threads.split(y.rows, grain: rowGrain(half)) { range in
      let r = range.lowerBound
      ck_glu_forward(output + r * half, input + r * 2 * half, range.count, half)
    }
    if let slot = x.gradientSlot, needs(x) { record(GLU(x: slot, input: x), output: y) }
    return y
  }
}

/// Saves the input: with `s = sigmoid(b)`, `da = dy * s` and `db = dy * a * s * (1 - s)`.
private struct GLU: Op {
  let x: GradientSlot
  let input: Tensor

  func backward(_ gradient: Tensor) throws {
    let result = try Tensor(uninitialized: input.shape)
    let (dx, dy, x) = (result.pointer, gradient.pointer, input.pointer)
    let half = gradient.columns
    Threads.split(gradient.rows, grain: rowGrain(half)) { range in
      let r = range.lowerBound
      ck_glu_backward(dx + r * 2 * half, dy + r * half, x + r * 2 * half, range.count, half)
    }
    try self.x.add(result)
  }
}
