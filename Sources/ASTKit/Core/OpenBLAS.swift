import Glibc
import Synchronization

/// OpenBLAS's single-precision matrix product.
///
/// The library is loaded with the first product and not with the program. As it loads it
/// starts a thread for every core, and each takes a buffer of 128 MB of address space; one that
/// cannot be had it asks for again and again, for ever. So there are none of these threads (the
/// engine has its own, see `Threads`), and the buffers that the engine's threads need are taken
/// here, after a look at whether they can be had.
enum OpenBLAS {
  /// `cblas_sgemm`, whose three enumerations are plain numbers.
  typealias Product =
    @convention(c) (
      _ order: Int32, _ transposeA: Int32, _ transposeB: Int32, _ m: Int32, _ n: Int32, _ k: Int32,
      _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>,
      _ ldb: Int32, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
    ) -> Void

  static let rowMajor: Int32 = 101, plain: Int32 = 111, transposed: Int32 = 112

  /// What a thread uses while it multiplies; the library's own constant, its largest.
  private static let bufferBytes = 128 << 20
  /// The program itself with its tables.
  private static let programBytes = 48 << 20

  private struct Library {
    let product: Product
    /// A buffer from the library's list, a new one if all are in use, and back to it.
    let take: (@convention(c) (Int32) -> UnsafeMutableRawPointer?)?
    let give: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
  }

  /// Threads there are buffers for.
  private static let threads = Atomic<Int>(0)
  private static let preparing = Mutex<Void>(())
  private static let library = Result { try load() }

  /// The product; `nil` only where `prepare` throws.
  static var product: Product? { try? library.get().product }

  /// To be called before a product: makes sure that each of the engine's threads has a buffer.
  /// - Throws: `EngineError.memory`, or `.refused` where there is no OpenBLAS.
  static func prepare() throws {
    let wanted = Threads.count
    if threads.load(ordering: .acquiring) >= wanted || ProductTrace.isDry { return }
    try preparing.withLock { _ in
      if threads.load(ordering: .acquiring) == 0 {
        try require(programBytes, for: "the matrix products (OpenBLAS)")
      }
      let library = try library.get()
      var buffers: [UnsafeMutableRawPointer?] = []
      defer { for buffer in buffers { library.give?(buffer) } }
      // All at once, as otherwise the first would be given out again and again.
      for index in 0..<wanted {
        try require(bufferBytes, for: "the matrix products of thread \(index + 1) of \(wanted)")
        buffers.append(library.take?(0))
      }
      threads.store(wanted, ordering: .releasing)
    }
  }

  private static func require(_ bytes: Int, for purpose: String) throws {
    guard MemoryReserve.has(bytes + MemoryReserve.bytes) else {
      throw EngineError.memory(bytes: bytes, for: purpose)
    }
  }

  private static func load() throws -> Library {
    let variable = "OPENBLAS_NUM_THREADS"
    let users = getenv(variable).map { String(cString: $0) }
    setenv(variable, "1", 1)
    // Programs that petl starts have the user's own again.
    defer { if let users { setenv(variable, users, 1) } else { unsetenv(variable) } }
    guard let handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL),
      let product = dlsym(handle, "cblas_sgemm")
    else {
      let reason = dlerror().map { String(cString: $0) } ?? "it has no cblas_sgemm"
      throw EngineError.refused(
        "OpenBLAS, which computes the matrix products, is missing: \(reason)")
    }
    func function<T>(_ name: String, as type: T.Type) -> T? {
      dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
    return Library(
      product: unsafeBitCast(product, to: Product.self),
      take: function(
        "blas_memory_alloc", as: (@convention(c) (Int32) -> UnsafeMutableRawPointer?).self),
      give: function(
        "blas_memory_free", as: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self))
  }
}
