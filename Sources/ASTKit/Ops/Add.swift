extension Tape {
  /// `a + b`
  ///
  /// - Parameters:
  ///   - a: `[batch, ...]`
  ///   - b: the same shape, or `[1, ...]`, which is added to every item of the batch.
  /// - Returns: the shape of `a`.
  /// - Throws: `EngineError.shape`
  public func add(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let y: Tensor
    if a.shape == b.shape {
      y = try isLeavingOut ? Tensor(uninitialized: a.shape) : Elementwise.sum(a, b)
    } else {
      guard b.shape.first == 1, Array(a.shape.dropFirst()) == Array(b.shape.dropFirst()) else {
        throw EngineError.shape(operation: "add", expected: "shape \(a.shape)", found: b.shape)
      }
      y = try a.copy()
      for i in 0..<a.shape[0] {
        Elementwise.add(b, into: y.viewed(as: b.shape, offset: i * b.count))
      }
    }
    if needs(a, b) {
      record(Add(slotA: a.gradientSlot, slotB: b.gradientSlot, shapeB: b.shape), output: y)
    }
    return y
  }
}

/// Backward of `add`: the gradient goes to both, summed over the batch where `b` was shared.
struct Add: Op {
  let slotA: GradientSlot?
  let slotB: GradientSlot?
  let shapeB: [Int]

  func backward(_ gradient: Tensor) throws {
    try slotA?.add(gradient)
    guard let slotB else { return }
    if shapeB == gradient.shape {
      try slotB.add(gradient)
    } else {
      let (db, beta) = try slotB.destination(shapeB)
      Reductions.sumRows(gradient, into: db, beta: beta)
    }
  }
}
