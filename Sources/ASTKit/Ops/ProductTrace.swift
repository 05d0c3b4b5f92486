import Synchronization

/// Lists the matrix products of a piece of work, so that a benchmark can run the same
/// products bare and `summary` can count FLOPs. Off unless started.
public final class ProductTrace: Sendable {
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

  /// What the work on this thread is listed in, if it is; `Threads` hands it to the threads
  /// that share a loop, so that other work in the process is neither listed nor left out.
  @TaskLocal static var current: ProductTrace?
  /// Whether products of the work on this thread are only listed, not computed.
  static var isDry: Bool { current?.computing == false }

  private let computing: Bool
  private let entries = Mutex<[Entry]>([])

  private init(computing: Bool) { self.computing = computing }

  /// Runs `work` and returns the products it made, in order.
  ///
  /// - Parameter computing: pass `false` to list the products only; what `work` computes is
  ///   then meaningless.
  public static func record(
    computing: Bool = true, _ work: () throws -> Void
  ) rethrows -> [Entry] {
    let trace = ProductTrace(computing: computing)
    try $current.withValue(trace, operation: work)
    return trace.entries.withLock { $0 }
  }

  static func note(
    m: Int, n: Int, k: Int, _ formA: MatrixProduct.Form, _ formB: MatrixProduct.Form,
    batch: Int = 1
  ) {
    guard let current else { return }
    let entry = Entry(
      m: m, n: n, k: k, transposedA: formA == .transposed, transposedB: formB == .transposed,
      batch: batch)
    current.entries.withLock { $0.append(entry) }
  }

  /// Runs the listed products alone, on memory that holds nothing of interest.
  /// - Throws: `EngineError.memory`
  public static func replay(_ entries: [Entry]) throws {
    guard let a = entries.map({ $0.m * $0.k }).max(), let b = entries.map({ $0.k * $0.n }).max(),
      let c = entries.map({ $0.m * $0.n }).max()
    else { return }
    try OpenBLAS.prepare()
    let workers = Threads.count
    let left = try Tensor([workers, a], filledWith: 0.5)
    let right = try Tensor([workers, b], filledWith: 0.5)
    let out = try Tensor([workers, c])
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
