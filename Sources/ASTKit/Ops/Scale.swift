import CKernels

extension Tape {
  /// `y = factor * x` with a constant factor. Saves nothing.
  public func scale(_ x: Tensor, by factor: Float) throws -> Tensor {
    let y = try scaled(x, factor)
    if let slot = x.gradientSlot, needs(x) {
      record(ConstantScale(x: slot, factor: factor), output: y)
    }
    return y
  }

  /// `y = factor * x` with a factor that may be trainable.
  ///
  /// Shapes: `x` any, `factor` a single number (`[]` or `[1]`), the result as `x`.
  /// Saved: `x` if `factor` needs a gradient, and the factor's value.
  /// - Throws: `EngineError.shape` if `factor` is not a single number.
  public func scale(_ x: Tensor, by factor: Tensor) throws -> Tensor {
    guard factor.count == 1 else {
      throw EngineError.shape(
        operation: "scaling", expected: "a single number", found: factor.shape)
    }
    let value = factor.pointer[0]
    let y = try scaled(x, value)
    if needs(x, factor) {
      record(
        Scale(
          x: x.gradientSlot, factor: factor.gradientSlot,
          input: factor.gradientSlot == nil ? nil : x, value: value,
          factorShape: factor.shape), output: y)
    }
    return y
  }
}

/// Saves nothing: `dx = factor * dy`.
private struct ConstantScale: Op {
  let x: GradientSlot
  let factor: Float

  func backward(_ gradient: Tensor) throws { try x.add(scaled(gradient, factor)) }
}

/// Saves the input for the gradient of the factor: `dfactor = sum(dy * x)`,
/// `dx = factor * dy`.
private struct Scale: Op {
  let x: GradientSlot?, factor: GradientSlot?
  let input: Tensor?
  let value: Float
  let factorShape: [Int]

  func backward(_ gradient: Tensor) throws {
    if let x { try x.add(scaled(gradient, value)) }
    if let factor, let input {
      let (dy, x) = (gradient.pointer, input.pointer)
      let sum = ChannelSums.gather(rows: gradient.count, width: 1) { sum, range in
        sum[0] = ck_dot(dy + range.lowerBound, x + range.lowerBound, range.count)
      }
      try factor.add(Tensor(factorShape, filledWith: Float(sum[0])))
    }
  }
}

private func scaled(_ x: Tensor, _ factor: Float) throws -> Tensor {
  try Pointwise.map(x) { ck_scale($0, $1, factor, $2) }
}
