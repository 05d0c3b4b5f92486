import CKernels

/// Plain sums of tensors, the glue of the backward pass. Shapes must agree.
enum Elementwise {
  /// Elements a thread should at least have for a second one to pay.
  static let grain = 16_384

  /// `target += x`
  static func add(_ x: Tensor, into target: Tensor) {
    let (y, x) = (target.pointer, x.pointer)
    Threads.split(target.count, grain: grain) { range in
      ck_add_into(y + range.lowerBound, x + range.lowerBound, range.count)
    }
  }

  /// `x + y` in fresh memory.
  static func sum(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape)
    let (z, x, y) = (result.pointer, x.pointer, y.pointer)
    Threads.split(result.count, grain: grain) { range in
      let i = range.lowerBound
      ck_sum(z + i, x + i, y + i, range.count)
    }
    return result
  }
}
