/// Single-precision matrix products through OpenBLAS, `C = alpha op(A) op(B) + beta C`.
///
/// OpenBLAS runs on the calling thread; a large product is cut into pieces of C here
/// (`ProductSplit`), so that the whole engine has one pool of threads.
enum MatrixProduct {
  /// Whether a factor is used as stored or transposed.
  enum Form { case plain, transposed }

  /// `C [m, n] = alpha op(A) [m, k] · op(B) [k, n] + beta C`, on all threads if it pays.
  ///
  /// - Parameters:
  ///   - lda, ldb, ldc: row strides in elements of A, B and C as stored.
  ///   - threads: how many share it; the result is the same to the byte for any number.
  static func multiply(
    m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, _ formA: Form = .plain, lda: Int,
    _ b: UnsafePointer<Float>, _ formB: Form = .plain, ldb: Int,
    beta: Float = 0, into c: UnsafeMutablePointer<Float>, ldc: Int,
    threads: Int = Threads.count
  ) {
    ProductTrace.note(m: m, n: n, k: k, formA, formB)
    if ProductTrace.isDry { return }
    guard m * n * k >= 2 * ProductSplit.leastWork else {
      serial(
        m: m, n: n, k: k, alpha: alpha, a, formA, lda: lda, b, formB, ldb: ldb, beta: beta,
        into: c, ldc: ldc)
      return
    }
    let split = ProductSplit(m: m, n: n, k: k, threads: threads)
    Threads.forEach(split.count) { piece in
      let rows = split.rows[piece / split.columns.count]
      let columns = split.columns[piece % split.columns.count]
      let (i, j) = (rows.lowerBound, columns.lowerBound)
      serial(
        m: rows.count, n: columns.count, k: k, alpha: alpha,
        a + (formA == .plain ? i * lda : i), formA, lda: lda,
        b + (formB == .plain ? j : j * ldb), formB, ldb: ldb, beta: beta, into: c + i * ldc + j,
        ldc: ldc)
    }
  }

  /// The same on the calling thread, for callers that are already one of several.
  static func serial(
    m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, _ formA: Form = .plain, lda: Int,
    _ b: UnsafePointer<Float>, _ formB: Form = .plain, ldb: Int,
    beta: Float = 0, into c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    if m == 0 || n == 0 || ProductTrace.isDry { return }
    // Never without: the ops have called `OpenBLAS.prepare`.
    guard let product = OpenBLAS.product else { return }
    product(
      OpenBLAS.rowMajor, formA == .plain ? OpenBLAS.plain : OpenBLAS.transposed,
      formB == .plain ? OpenBLAS.plain : OpenBLAS.transposed, Int32(m), Int32(n), Int32(k), alpha,
      a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
  }
}
