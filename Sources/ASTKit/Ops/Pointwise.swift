/// Runs a C loop over all elements of a tensor, in parallel.
enum Pointwise {
  typealias Unary = (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int) -> Void
  typealias Binary = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int
  ) -> Void

  /// `kernel` of `x`, in fresh memory of the same shape.
  static func map(_ x: Tensor, _ kernel: Unary) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape)
    let (y, x) = (result.pointer, x.pointer)
    Threads.split(result.count, grain: Elementwise.grain) { range in
      kernel(y + range.lowerBound, x + range.lowerBound, range.count)
    }
    return result
  }

  /// `kernel` of `x` and `z`, which have the same shape, in fresh memory.
  static func map(_ x: Tensor, _ z: Tensor, _ kernel: Binary) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape)
    let (y, x, z) = (result.pointer, x.pointer, z.pointer)
    Threads.split(result.count, grain: Elementwise.grain) { range in
      let i = range.lowerBound
      kernel(y + i, x + i, z + i, range.count)
    }
    return result
  }
}

/// Rows of `columns` elements a thread should at least have for a second one to pay.
func rowGrain(_ columns: Int) -> Int { max(1, Elementwise.grain / max(1, columns)) }
