extension Tape {
  /// Sets the tokens of each clip to zero that are padding, `y[b, t] = 0` for
  /// `t ≥ counts[b]`, as transformers does before the encoder of wav2vec 2.0.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, hidden]`
  ///   - counts: tokens of each clip that stay [batch].
  /// - Returns: the shape of `x`.
  /// - Throws: `EngineError.shape`
  public func clearPadding(_ x: Tensor, after counts: [Int]) throws -> Tensor {
    guard x.shape.count == 3, counts.count == x.shape[0],
      counts.allSatisfy({ (0...x.shape[1]).contains($0) })
    else {
      throw EngineError.shape(
        operation: "padding after \(counts)", expected: "[\(counts.count), tokens, hidden]",
        found: x.shape)
    }
    let y = try ClearPadding.cleared(x, after: counts)
    if needs(x), let slot = x.gradientSlot {
      record(ClearPadding(counts: counts, inputSlot: slot), output: y)
    }
    return y
  }
}

/// Backward of `clearPadding`: what was cleared has no gradient. Saves nothing.
private struct ClearPadding: Op {
  let counts: [Int]
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    try inputSlot.add(ClearPadding.cleared(gradient, after: counts))
  }

  static func cleared(_ x: Tensor, after counts: [Int]) throws -> Tensor {
    let y = try x.copy()
    let (tokens, hidden) = (x.shape[1], x.shape[2])
    for (item, count) in counts.enumerated() {
      (y.pointer + (item * tokens + count) * hidden).update(
        repeating: 0, count: (tokens - count) * hidden)
    }
    return y
  }
}
