extension Tape {
  /// `y = x · gain + shift`, column by column.
  ///
  /// - Parameters:
  ///   - x: `[rows, columns]`; saved when the gain is trainable.
  ///   - gain, shift: `[columns]`
  /// - Returns: the shape of `x`.
  /// - Throws: `EngineError.shape`, `.memory`
  public func scaleAndShift(_ x: Tensor, gain: Tensor, shift: Tensor) throws -> Tensor {
    let n = x.columns
    guard gain.count == n, shift.count == n else {
      throw EngineError.shape(
        operation: "scale and shift", expected: "[..., \(gain.count)]", found: x.shape)
    }
    let y = try Tensor(uninitialized: x.shape)
    for row in 0..<x.rows {
      let i = row * n
      for c in 0..<n {
        y.pointer[i + c] = x.pointer[i + c] * gain.pointer[c] + shift.pointer[c]
      }
    }
    if needs(x, gain, shift) {
      record(
        ScaleAndShift(
          x: gain.gradientSlot == nil ? nil : x, gain: gain, inputSlot: x.gradientSlot,
          gainSlot: gain.gradientSlot, shiftSlot: shift.gradientSlot), output: y)
    }
    return y
  }
}

/// Backward of `scaleAndShift`: `dx = dy · gain`, `dgain = Σ dy · x`, `dshift = Σ dy` over rows.
struct ScaleAndShift: Op {
  let x: Tensor?
  let gain: Tensor
  let inputSlot: GradientSlot?, gainSlot: GradientSlot?, shiftSlot: GradientSlot?

  func backward(_ gradient: Tensor) throws {
    let (n, rows) = (gain.count, gradient.rows)
    if let shiftSlot {
      let (target, beta) = try shiftSlot.destination(gain.shape)
      Reductions.sumRows(gradient, into: target, beta: beta)
    }
    if let gainSlot, let x {
      let (target, beta) = try gainSlot.destination(gain.shape)
      if beta == 0 { target.pointer.update(repeating: 0, count: n) }
      for row in 0..<rows {
        for c in 0..<n {
          target.pointer[c] += gradient.pointer[row * n + c] * x.pointer[row * n + c]
        }
      }
    }
    if let inputSlot {
      let dx = try Tensor(uninitialized: gradient.shape)
      for row in 0..<rows {
        for c in 0..<n { dx.pointer[row * n + c] = gradient.pointer[row * n + c] * gain.pointer[c] }
      }
      try inputSlot.add(dx)
    }
  }
}
