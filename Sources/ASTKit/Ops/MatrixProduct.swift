/// Single-precision matrix products through OpenBLAS, `C = alpha op(A) op(B) + beta C`.
///
/// OpenBLAS runs on the calling thread; a large product is cut along the rows or columns of
/// C here, so that the whole engine has one pool of threads and a fixed partition.
enum MatrixProduct {
  /// Whether a factor is used as stored or transposed.
  enum Form { case plain, transposed }

  /// Products below this many multiply-adds run on one thread.
  private static let parallelThreshold = 1 << 20

  /// `C [m, n] = alpha op(A) [m, k] · op(B) [k, n] + beta C`, on all threads if it pays.
  ///
  /// - Parameters:
  ///   - lda, ldb, ldc: row strides in elements of A, B and C as stored.
  static func multiply(
    m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, _ formA: Form = .plain, lda: Int,
    _ b: UnsafePointer<Float>, _ formB: Form = .plain, ldb: Int,
    beta: Float = 0, into c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    ProductTrace.note(m: m, n: n, k: k, formA, formB)
    guard m * n * k >= parallelThreshold else {
      serial(
        m: m, n: n, k: k, alpha: alpha, a, formA, lda: lda, b, formB, ldb: ldb, beta: beta,
        into: c, ldc: ldc)
      return
    }
    if m >= n {
      Threads.split(m, grain: 8) { rows in
        let i = rows.lowerBound
        serial(
          m: rows.count, n: n, k: k, alpha: alpha, a + (formA == .plain ? i * lda : i), formA,
          lda: lda, b, formB, ldb: ldb, beta: beta, into: c + i * ldc, ldc: ldc)
      }
    } else {
      Threads.split(n, grain: 8) { columns in
        let j = columns.lowerBound
        serial(
          m: m, n: columns.count, k: k, alpha: alpha, a, formA, lda: lda,
          b + (formB == .plain ? j : j * ldb), formB, ldb: ldb, beta: beta, into: c + j, ldc: ldc)
      }
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
