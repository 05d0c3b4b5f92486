import CKernels

extension Tape {
  /// `y = x Wᵀ + b`
  ///
  /// - Parameters:
  ///   - x: `[..., in]`
  ///   - weight: `[out, in]`; trailing dimensions are taken together, so that a pointwise
  ///     convolution's `[out, in, 1]` or a patch projection's `[out, 1, 16, 16]` fit as well.
  ///   - bias: `[out]` or none.
  /// - Returns: `[..., out]`
  /// - Throws: `EngineError.shape`, `.memory`
  public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    let outputs = weight.shape.first ?? 0
    let inputs = outputs == 0 ? 0 : weight.count / outputs
    guard x.columns == inputs, inputs > 0 else {
      throw EngineError.shape(operation: "linear", expected: "[..., \(inputs)]", found: x.shape)
    }
    guard bias == nil || bias?.count == outputs else {
      throw EngineError.shape(
        operation: "linear", expected: "a bias of [\(outputs)]", found: bias?.shape ?? [])
    }
    try OpenBLAS.prepare()
    let y = try Tensor(uninitialized: x.shape.dropLast() + [outputs])
    if !isLeavingOut {
      if let bias { Linear.fillRows(y, with: bias) }
      MatrixProduct.multiply(
        m: x.rows, n: outputs, k: inputs, x.pointer, lda: inputs, weight.pointer, .transposed,
        ldb: inputs, beta: bias == nil ? 0 : 1, into: y.pointer, ldc: outputs)
    }
    if needs(x, weight, bias) {
      record(
        Linear(
          x: weight.gradientSlot == nil ? nil : x, weight: weight, inputShape: x.shape,
          inputSlot: x.gradientSlot, weightSlot: weight.gradientSlot,
          biasSlot: bias?.gradientSlot, biasShape: bias?.shape ?? []), output: y)
    }
    return y
  }
}

/// Backward of `linear`: `dx = dy W`, `dW = dyᵀ x`, `db = Σ dy` over rows.
struct Linear: Op {
  /// Saved only when the weight is trainable.
  let x: Tensor?
  let weight: Tensor
  let inputShape: [Int]
  let inputSlot: GradientSlot?
  let weightSlot: GradientSlot?
  let biasSlot: GradientSlot?
  let biasShape: [Int]

  func backward(_ gradient: Tensor) throws {
    let outputs = gradient.columns, rows = gradient.rows
    let inputs = weight.count / outputs
    if let inputSlot {
      let (dx, beta) = try inputSlot.destination(inputShape)
      MatrixProduct.multiply(
        m: rows, n: inputs, k: outputs, gradient.pointer, lda: outputs, weight.pointer,
        ldb: inputs, beta: beta, into: dx.pointer, ldc: inputs)
    }
    if let weightSlot, let x {
      let (dw, beta) = try weightSlot.destination(weight.shape)
      MatrixProduct.multiply(
        m: outputs, n: inputs, k: rows, gradient.pointer, .transposed, lda: outputs, x.pointer,
        ldb: inputs, beta: beta, into: dw.pointer, ldc: inputs)
    }
    if let biasSlot {
      let (db, beta) = try biasSlot.destination(biasShape)
      Reductions.sumRows(gradient, into: db, beta: beta)
    }
  }

  /// Writes the bias into every row, for the product to add to.
  static func fillRows(_ y: Tensor, with bias: Tensor) {
    let (p, b, n) = (y.pointer, bias.pointer, bias.count)
    Threads.split(y.rows, grain: max(1, Elementwise.grain / n)) { rows in
      for row in rows { (p + row * n).update(from: b, count: n) }
    }
  }
}
