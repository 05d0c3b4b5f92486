import CKernels

extension Tape {
  /// The outputs of several experts, weighted token by token:
  /// `y[b, m, :] = sum over e of weights[b, m, e] * experts[e][b, m, :]`.
  ///
  /// Shapes: each of the `n` experts `[…, h]`, `weights` `[…, n]` with the same dimensions
  /// before the last, the result `[…, h]`. Saved: `weights` if an expert needs a gradient, the
  /// experts if `weights` does.
  /// - Throws: `EngineError.shape` if the shapes do not fit.
  public func weightedSum(experts: [Tensor], weights: Tensor) throws -> Tensor {
    guard let shape = experts.first?.shape, !shape.isEmpty else {
      throw EngineError.shape(
        operation: "a weighted sum", expected: "at least one expert", found: [])
    }
    if let other = experts.first(where: { $0.shape != shape }) {
      throw EngineError.shape(
        operation: "a weighted sum", expected: "experts of shape \(shape)", found: other.shape)
    }
    guard weights.shape == shape.dropLast() + [experts.count] else {
      throw EngineError.shape(
        operation: "a weighted sum", expected: "weights \(shape.dropLast() + [experts.count])",
        found: weights.shape)
    }
    let y = try Tensor(uninitialized: shape)
    for (e, expert) in experts.enumerated() {
      addWeightedRows(
        of: expert, weights, column: e, stride: experts.count, beta: e == 0 ? 0 : 1, to: y)
    }
    let slots = experts.map(\.gradientSlot)
    if isRecording && (weights.gradientSlot != nil || slots.contains { $0 != nil }) {
      record(
        WeightedSum(
          experts: slots, weights: weights.gradientSlot,
          values: weights.gradientSlot == nil ? [] : experts,
          factors: slots.contains { $0 != nil } ? weights : nil), output: y)
    }
    return y
  }
}

/// Saves the weights for the experts' gradients and the experts for that of the weights:
/// `dexperts[e] = weights[:, e] * dy` row by row, `dweights[r, e] = dy[r] · experts[e][r]`.
private struct WeightedSum: Op {
  let experts: [GradientSlot?]
  let weights: GradientSlot?
  let values: [Tensor]
  let factors: Tensor?

  func backward(_ gradient: Tensor) throws {
    let count = experts.count
    if let factors {
      for (e, slot) in experts.enumerated() {
        guard let slot else { continue }
        let (dx, beta) = try slot.destination(gradient.shape)
        addWeightedRows(
          of: gradient, factors, column: e, stride: count, beta: beta == 0 ? 0 : 1, to: dx)
      }
    }
    guard let weights else { return }
    let result = try Tensor(uninitialized: gradient.shape.dropLast() + [count])
    let (dw, dy, h) = (result.pointer, gradient.pointer, gradient.columns)
    for (e, value) in values.enumerated() {
      let x = value.pointer
      Threads.split(gradient.rows, grain: rowGrain(h)) { range in
        let r = range.lowerBound
        ck_row_dots(dw + r * count + e, count, dy + r * h, x + r * h, range.count, h)
      }
    }
    try weights.add(result)
  }
}

/// `y[r] = beta * y[r] + weights[r, column] * x[r]` for every row.
private func addWeightedRows(
  of x: Tensor, _ weights: Tensor, column: Int, stride: Int, beta: Int32, to y: Tensor
) {
  let (out, input, h) = (y.pointer, x.pointer, x.columns)
  let weight = weights.pointer + column
  Threads.split(x.rows, grain: rowGrain(h)) { range in
    let r = range.lowerBound
    ck_weighted_rows(
      out + r * h, input + r * h, weight + r * stride, stride, beta, range.count, h)
  }
}
