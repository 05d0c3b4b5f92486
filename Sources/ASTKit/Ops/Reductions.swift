import CKernels

/// Sums over rows and over the batch, for the gradients of biases and shared tensors.
enum Reductions {
  /// `target [n] = beta target + Σ_rows x [rows, n]`
  static func sumRows(_ x: Tensor, into target: Tensor, beta: Float) {
    sumRows(x.pointer, rows: x.count / target.count, into: target, beta: beta)
  }

  /// The same for `rows` rows at `x`, each as long as `target`.
  static func sumRows(
    _ x: UnsafePointer<Float>, rows: Int, into target: Tensor, beta: Float
  ) {
    let (n, y) = (target.count, target.pointer)
    if beta == 0 { y.update(repeating: 0, count: n) }
    // Columns are shared out, so the order of each sum does not depend on the threads.
    Threads.split(n, grain: max(16, Elementwise.grain / max(1, rows))) { columns in
      ck_sum_rows(y + columns.lowerBound, x + columns.lowerBound, rows, columns.count, n)
    }
  }
}
