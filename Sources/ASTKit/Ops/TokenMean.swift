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
    return try tokenMean(x, over: [Range<Int>](repeating: range, count: x.shape[0]))
  }

  /// Mean over the first tokens of each clip, those behind being padding:
  /// `y[b] = mean(x[b, ..<counts[b]])`.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, hidden]`
  ///   - counts: tokens of each clip to average [batch], at least one.
  /// - Returns: `[batch, hidden]`
  /// - Throws: `EngineError.shape` for more or fewer tokens than there are.
  public func tokenMean(_ x: Tensor, ofFirst counts: [Int]) throws -> Tensor {
    guard x.shape.count == 3, counts.count == x.shape[0],
      counts.allSatisfy({ $0 > 0 && $0 <= x.shape[1] })
    else {
      throw EngineError.shape(
        operation: "token mean of the first \(counts)",
        expected: "[\(counts.count), tokens, hidden]", found: x.shape)
    }
    return try tokenMean(x, over: counts.map { 0..<$0 })
  }

  private func tokenMean(_ x: Tensor, over ranges: [Range<Int>]) throws -> Tensor {
    let (tokens, hidden) = (x.shape[1], x.shape[2])
    let y = try Tensor([ranges.count, hidden])
    for (item, range) in ranges.enumerated() {
      let row = y.viewed(as: [hidden], offset: item * hidden)
      Reductions.sumRows(
        x.pointer + (item * tokens + range.lowerBound) * hidden, rows: range.count, into: row,
        beta: 0)
      let scale = 1 / Float(range.count)
      for i in 0..<hidden { row.pointer[i] *= scale }
    }
    if needs(x), let slot = x.gradientSlot {
      record(TokenMean(shape: x.shape, ranges: ranges, inputSlot: slot), output: y)
    }
    return y
  }
}

/// Backward of `tokenMean`: each token of the range gets an equal share. Saves nothing.
struct TokenMean: Op {
  let shape: [Int]
  let ranges: [Range<Int>]
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let (tokens, hidden) = (shape[1], shape[2])
    let (dx, beta) = try inputSlot.destination(shape)
    let (p, g) = (dx.pointer, gradient.pointer)
    if beta == 0 { p.update(repeating: 0, count: dx.count) }
    for (item, range) in ranges.enumerated() {
      let scale = 1 / Float(range.count)
      for token in range {
        let row = p + (item * tokens + token) * hidden
        for i in 0..<hidden { row[i] += scale * g[item * hidden + i] }
      }
    }
  }
}
