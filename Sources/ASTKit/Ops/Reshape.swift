extension Tape {
  /// The same values under another shape; memory is shared, nothing is copied.
  ///
  /// - Throws: `EngineError.shape` when the element counts differ.
  public func reshape(_ x: Tensor, to shape: [Int]) throws -> Tensor {
    try view(x, shape: shape, offset: 0, count: x.count)
  }

  /// Item `index` of the first dimension: `[n, a, b]` gives `[1, a, b]`, memory shared.
  ///
  /// - Throws: `EngineError.shape` when there is no such item.
  public func item(_ x: Tensor, _ index: Int) throws -> Tensor {
    guard let n = x.shape.first, (0..<n).contains(index) else {
      throw EngineError.shape(
        operation: "item \(index)", expected: "more than \(index) items", found: x.shape)
    }
    let size = x.count / n
    return try view(x, shape: [1] + x.shape.dropFirst(), offset: index * size, count: size)
  }

  private func view(_ x: Tensor, shape: [Int], offset: Int, count: Int) throws -> Tensor {
    guard shape.reduce(1, *) == count else {
      throw EngineError.shape(
        operation: "reshape to \(shape)", expected: "\(shape.reduce(1, *)) elements",
        found: x.shape)
    }
    let y = x.viewed(as: shape, offset: offset)
    if needs(x), let slot = x.gradientSlot {
      record(Reshape(shape: x.shape, offset: offset, inputSlot: slot), output: y)
    }
    return y
  }
}

/// Backward of `reshape` and `item`: the gradient under the input's shape, zero outside the
/// part that was viewed. Saves nothing.
struct Reshape: Op {
  let shape: [Int]
  let offset: Int
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    if gradient.count == shape.reduce(1, *) {
      try inputSlot.add(gradient.viewed(as: shape))
      return
    }
    let (dx, beta) = try inputSlot.destination(shape)
    if beta == 0 { dx.pointer.update(repeating: 0, count: dx.count) }
    Elementwise.add(gradient, into: dx.viewed(as: gradient.shape, offset: offset))
  }
}
