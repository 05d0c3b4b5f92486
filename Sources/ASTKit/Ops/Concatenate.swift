extension Tape {
  /// Puts runs of tokens one after the other: class token, prompts, patches.
  ///
  /// - Parameter parts: each `[batch, n, hidden]`, or `[1, n, hidden]` to be repeated for
  ///   every item of the batch.
  /// - Returns: `[batch, Σ n, hidden]`
  /// - Throws: `EngineError.shape`
  public func concatenate(_ parts: [Tensor]) throws -> Tensor {
    let batch = parts.map { $0.shape.first ?? 0 }.max() ?? 0
    let hidden = parts.first?.columns ?? 0
    for part in parts {
      guard part.shape.count == 3, part.columns == hidden, [1, batch].contains(part.shape[0])
      else {
        throw EngineError.shape(
          operation: "concatenate", expected: "[\(batch) or 1, tokens, \(hidden)]",
          found: part.shape)
      }
    }
    let tokens = parts.reduce(0) { $0 + $1.shape[1] }
    let y = try Tensor(uninitialized: [batch, tokens, hidden])
    var start = 0
    for part in parts {
      let n = part.shape[1] * hidden, step = part.shape[0] == 1 ? 0 : n
      for item in 0..<batch {
        (y.pointer + (item * tokens + start) * hidden).update(
          from: part.pointer + item * step, count: n)
      }
      start += part.shape[1]
    }
    if isRecording, parts.contains(where: { $0.gradientSlot != nil }) {
      record(
        Concatenate(shapes: parts.map(\.shape), slots: parts.map(\.gradientSlot)), output: y)
    }
    return y
  }

  /// A run of tokens, `y = x[:, range]`.
  ///
  /// - Parameter x: `[batch, tokens, hidden]`
  /// - Returns: `[batch, range.count, hidden]`
  /// - Throws: `EngineError.shape`
  public func tokens(_ x: Tensor, _ range: Range<Int>) throws -> Tensor {
    guard x.shape.count == 3, range.lowerBound >= 0, range.upperBound <= x.shape[1] else {
      throw EngineError.shape(
        operation: "tokens \(range)", expected: "[batch, tokens, hidden]", found: x.shape)
    }
    let (batch, tokens, hidden) = (x.shape[0], x.shape[1], x.shape[2])
    let n = range.count * hidden
    let y = try Tensor(uninitialized: [batch, range.count, hidden])
    for item in 0..<batch {
      (y.pointer + item * n).update(
        from: x.pointer + (item * tokens + range.lowerBound) * hidden, count: n)
    }
    if needs(x), let slot = x.gradientSlot {
      record(TokenRange(shape: x.shape, range: range, inputSlot: slot), output: y)
    }
    return y
  }
}

/// Backward of `concatenate`: each part gets its own rows, summed over the batch where it
/// was repeated. Saves nothing.
struct Concatenate: Op {
  let shapes: [[Int]]
  let slots: [GradientSlot?]

  func backward(_ gradient: Tensor) throws {
    let (batch, tokens, hidden) = (gradient.shape[0], gradient.shape[1], gradient.shape[2])
    var start = 0
    for (shape, slot) in zip(shapes, slots) {
      let n = shape[1] * hidden
      if let slot {
        let (dx, beta) = try slot.destination(shape)
        if beta == 0 { dx.pointer.update(repeating: 0, count: dx.count) }
        let step = shape[0] == 1 ? 0 : n
        let part = dx.pointer, rows = gradient.pointer
        for item in 0..<batch {
          let source = rows + (item * tokens + start) * hidden
          for i in 0..<n { part[item * step + i] += source[i] }
        }
      }
      start += shape[1]
    }
  }
}

/// Backward of `tokens`: zero outside the range. Saves nothing.
struct TokenRange: Op {
  let shape: [Int]
  let range: Range<Int>
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let (tokens, hidden) = (shape[1], shape[2])
    let (dx, beta) = try inputSlot.destination(shape)
    let (p, g, n) = (dx.pointer, gradient.pointer, range.count * hidden)
    if beta == 0 { p.update(repeating: 0, count: dx.count) }
    for item in 0..<shape[0] {
      let target = p + (item * tokens + range.lowerBound) * hidden
      for i in 0..<n { target[i] += g[item * n + i] }
    }
  }
}
