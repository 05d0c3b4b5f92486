import COpenBLAS
import Synchronization

/// Single-precision matrix products through OpenBLAS, `C = alpha op(A) op(B) + beta C`.
///
/// OpenBLAS runs on the calling thread; a large product is cut along the rows or columns of
/// C here, so that the whole engine has one pool of threads and a fixed partition.
enum MatrixProduct {
  /// Whether a factor is used as stored or transposed.
  enum Form { case plain, transposed }

  /// Products below this many multiply-adds run on one thread.
  private static let parallelThreshold = 1 << 20

  private static let singleThreadedBLAS: Void = openblas_set_num_threads(1)

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
    _ = singleThreadedBLAS
    cblas_sgemm(
      CblasRowMajor, formA == .plain ? CblasNoTrans : CblasTrans,
      formB == .plain ? CblasNoTrans : CblasTrans, blasint(m), blasint(n), blasint(k), alpha, a,
      blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }
}

/// Lists the matrix products of a piece of work, so that a benchmark can run the same
/// products bare and `summary` can count FLOPs. Off unless started.
public enum ProductTrace {
  /// One kind of product and how often it ran.
  public struct Entry: Sendable, Equatable {
    /// Rows of C, columns of C, and the inner size.
    public var m: Int, n: Int, k: Int
    /// Whether A and B are read transposed.
    public var transposedA: Bool, transposedB: Bool
    /// How many of them ran side by side, one a thread (attention heads); 1: one product on
    /// all threads.
    public var batch: Int
    /// Multiply and add counted as two.
    public var flops: Double { 2 * Double(m) * Double(n) * Double(k) * Double(batch) }
  }

  private static let isOn = Atomic<Bool>(false)
  private static let dry = Atomic<Bool>(false)
  /// Whether products are only listed, not computed.
  static var isDry: Bool { dry.load(ordering: .relaxed) }
  private static let entries = Mutex<[Entry]>([])

  /// Runs `work` and returns the products it made, in order.
  ///
  /// - Parameter computing: pass `false` to list the products only; what `work` computes is
  ///   then meaningless.
  public static func record(
    computing: Bool = true, _ work: () throws -> Void
  ) rethrows -> [Entry] {
    entries.withLock { $0 = [] }
    isOn.store(true, ordering: .relaxed)
    dry.store(!computing, ordering: .relaxed)
    defer {
      isOn.store(false, ordering: .relaxed)
      dry.store(false, ordering: .relaxed)
    }
    try work()
    return entries.withLock { $0 }
  }

  static func note(
    m: Int, n: Int, k: Int, _ formA: MatrixProduct.Form, _ formB: MatrixProduct.Form,
    batch: Int = 1
  ) {
    guard isOn.load(ordering: .relaxed) else { return }
    let entry = Entry(
      m: m, n: n, k: k, transposedA: formA == .transposed, transposedB: formB == .transposed,
      batch: batch)
    entries.withLock { $0.append(entry) }
  }

  /// Runs the listed products alone, on memory that holds nothing of interest.
  public static func replay(_ entries: [Entry]) {
    guard let a = entries.map({ $0.m * $0.k }).max(), let b = entries.map({ $0.k * $0.n }).max(),
      let c = entries.map({ $0.m * $0.n }).max()
    else { return }
    let workers = Threads.count
    let left = Tensor([workers, a], filledWith: 0.5), right = Tensor([workers, b], filledWith: 0.5)
    let out = Tensor([workers, c])
    let (pa, pb, pc) = (left.pointer, right.pointer, out.pointer)
    for e in entries {
      let formA: MatrixProduct.Form = e.transposedA ? .transposed : .plain
      let formB: MatrixProduct.Form = e.transposedB ? .transposed : .plain
      let (lda, ldb) = (e.transposedA ? e.m : e.k, e.transposedB ? e.k : e.n)
      if e.batch == 1 {
        MatrixProduct.multiply(
          m: e.m, n: e.n, k: e.k, pa, formA, lda: lda, pb, formB, ldb: ldb, into: pc, ldc: e.n)
      } else {
        Threads.split(e.batch) { range in
          let worker = range.lowerBound * workers / e.batch
          for _ in range {
            MatrixProduct.serial(
              m: e.m, n: e.n, k: e.k, pa + worker * a, formA, lda: lda, pb + worker * b, formB,
              ldb: ldb, into: pc + worker * c, ldc: e.n)
          }
        }
      }
    }
  }
}
