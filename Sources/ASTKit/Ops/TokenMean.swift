extension Tape {
  /// Mean over a run of tokens, `y[b] = mean(x[b, range])`: the pooling before the head.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, hidden]`
  ///   - range: tokens to average; one token selects it.
  /// - Returns: `[batch, hidden]`
  /// - Throws: `EngineError.shape` when the range is empty or outside the tokens.
  public func tokenMean(_ x: Tensor, over range: Range<Int>) throws -> Tensor {
    guard x.shape.count == 3, !range.isEmpty, range.lowerBound >= 0,
      range.upperBound <= x.shape[1]
    else {
      throw EngineError.shape(
        operation: "token mean over \(range)", expected: "[batch, tokens, hidden]", found: x.shape)
    }
    let (batch, tokens, hidden) = (x.shape[0], x.shape[1], x.shape[2])
    let y = try Tensor([batch, hidden])
    let scale = 1 / Float(range.count)
    for item in 0..<batch {
      let row = y.viewed(as: [hidden], offset: item * hidden)
      Reductions.sumRows(
        x.pointer + (item * tokens + range.lowerBound) * hidden, rows: range.count, into: row,
        beta: 0)
      for i in 0..<hidden { row.pointer[i] *= scale }
    }
    if needs(x), let slot = x.gradientSlot {
      record(TokenMean(shape: x.shape, range: range, inputSlot: slot), output: y)
    }
    return y
  }
}

/// Backward of `tokenMean`: each token of the range gets an equal share. Saves nothing.
struct TokenMean: Op {
  let shape: [Int]
  let range: Range<Int>
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let (tokens, hidden) = (shape[1], shape[2])
    let (dx, beta) = try inputSlot.destination(shape)
    let (p, g) = (dx.pointer, gradient.pointer)
    if beta == 0 { p.update(repeating: 0, count: dx.count) }
    let scale = 1 / Float(range.count)
    for item in 0..<shape[0] {
      for token in range {
        let row = p + (item * tokens + token) * hidden
        for i in 0..<hidden { row[i] += scale * g[item * hidden + i] }
      }
    }
  }
}
