extension Tape {
  /// A matrix product for each item of the batch, `y[b] = op(a[b]) op(c[b])`, where `op` may
  /// transpose. A factor with two dimensions is the same for the whole batch.
  ///
  /// Shapes: `a` `[batch, m, k]` or `[m, k]` (transposed: `[…, k, m]`), `c` `[batch, k, n]` or
  /// `[k, n]` (transposed: `[…, n, k]`), the result `[batch, m, n]`, or `[m, n]` if neither has
  /// a batch. Saved: each factor if the other needs a gradient.
  /// - Throws: `EngineError.shape` if the shapes do not fit.
  public func batchedProduct(
    _ a: Tensor, transposed transposeA: Bool = false, _ c: Tensor,
    transposed transposeC: Bool = false
  ) throws -> Tensor {
    for factor in [a, c] where factor.shape.count != 2 && factor.shape.count != 3 {
      throw EngineError.shape(
        operation: "a batched product", expected: "[batch, rows, columns] or [rows, columns]",
        found: factor.shape)
    }
    let left = Matrices(a, transposed: transposeA)
    let right = Matrices(c, transposed: transposeC)
    guard left.columns == right.rows else {
      throw EngineError.shape(
        operation: "a batched product with inner size \(left.columns)",
        expected: "\(left.columns) rows in the second factor", found: c.shape)
    }
    guard left.batch == nil || right.batch == nil || left.batch == right.batch else {
      throw EngineError.shape(
        operation: "a batched product", expected: "a batch of \(a.shape[0])", found: c.shape)
    }
    try OpenBLAS.prepare()
    let batch = left.batch ?? right.batch
    let y = try Tensor(uninitialized: (batch.map { [$0] } ?? []) + [left.rows, right.columns])
    Matrices.multiply(left, right, beta: 0, into: y)
    if needs(a, c) {
      record(
        BatchedProduct(
          a: a.gradientSlot, c: c.gradientSlot, left: c.gradientSlot == nil ? nil : left,
          right: a.gradientSlot == nil ? nil : right, shapes: (a.shape, c.shape),
          isTransposed: (transposeA, transposeC)), output: y)
    }
    return y
  }
}

/// Saves each factor for the gradient of the other: `da = dy cᵀ` and `dc = aᵀ dy`, transposed
/// where the factor was, and summed over the batch where it was shared.
private struct BatchedProduct: Op {
  let a: GradientSlot?, c: GradientSlot?
  let left: Matrices?, right: Matrices?
  let shapes: (a: [Int], c: [Int])
  let isTransposed: (a: Bool, c: Bool)

  func backward(_ gradient: Tensor) throws {
    let dy = Matrices(gradient, transposed: false)
    if let a, let right {
      let (da, beta) = try a.destination(shapes.a)
      if isTransposed.a {
        Matrices.multiply(right, dy.flipped, beta: beta, into: da)
      } else {
        Matrices.multiply(dy, right.flipped, beta: beta, into: da)
      }
    }
    if let c, let left {
      let (dc, beta) = try c.destination(shapes.c)
      if isTransposed.c {
        Matrices.multiply(dy.flipped, left, beta: beta, into: dc)
      } else {
        Matrices.multiply(left.flipped, dy, beta: beta, into: dc)
      }
    }
  }
}

/// A tensor as one matrix for each item of the batch, or one for all, read plain or transposed.
private struct Matrices {
  let tensor: Tensor
  let isTransposed: Bool

  init(_ tensor: Tensor, transposed: Bool) {
    self.tensor = tensor
    isTransposed = transposed
  }

  var flipped: Matrices { Matrices(tensor, transposed: !isTransposed) }
  var batch: Int? { tensor.shape.count == 3 ? tensor.shape[0] : nil }
  var storedRows: Int { tensor.shape[tensor.shape.count - 2] }
  var rows: Int { isTransposed ? tensor.columns : storedRows }
  var columns: Int { isTransposed ? storedRows : tensor.columns }
  var form: MatrixProduct.Form { isTransposed ? .transposed : .plain }

  func pointer(_ item: Int) -> UnsafeMutablePointer<Float> {
    tensor.pointer + (batch == nil ? 0 : item * storedRows * tensor.columns)
  }

  /// `target[b] = a[b] c[b] + beta target[b]`, summed over the batch if `target` has none.
  static func multiply(_ a: Matrices, _ c: Matrices, beta: Float, into target: Tensor) {
    let out = Matrices(target, transposed: false)
    let (m, n, k) = (a.rows, c.columns, a.columns)
    guard let batch = a.batch ?? c.batch else {
      MatrixProduct.multiply(
        m: m, n: n, k: k, a.tensor.pointer, a.form, lda: a.tensor.columns, c.tensor.pointer,
        c.form, ldb: c.tensor.columns, beta: beta, into: target.pointer, ldc: n)
      return
    }
    if out.batch != nil && c.batch == nil && !a.isTransposed {
      // One factor for all: the batch is more rows of a single product.
      MatrixProduct.multiply(
        m: batch * m, n: n, k: k, a.tensor.pointer, a.form, lda: k, c.tensor.pointer, c.form,
        ldb: c.tensor.columns, beta: beta, into: target.pointer, ldc: n)
      return
    }
    func product(_ item: Int, beta: Float, onAllThreads: Bool) {
      let multiply = onAllThreads ? MatrixProduct.multiply : MatrixProduct.serial
      multiply(
        m, n, k, 1, a.pointer(item), a.form, a.tensor.columns, c.pointer(item), c.form,
        c.tensor.columns, beta, out.pointer(item), n)
    }
    if out.batch == nil {
      for item in 0..<batch { product(item, beta: item == 0 ? beta : 1, onAllThreads: true) }
    } else if batch == 1 {
      product(0, beta: beta, onAllThreads: true)
    } else {
      ProductTrace.note(m: m, n: n, k: k, a.form, c.form, batch: batch)
      Threads.split(batch) { range in
        for item in range { product(item, beta: beta, onAllThreads: false) }
      }
    }
  }
}
