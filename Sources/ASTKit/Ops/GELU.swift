import CKernels

extension Tape {
  /// `y = x Φ(x)`, the exact form with erf (Hendrycks and Gimpel, arXiv 1606.08415).
  ///
  /// - Parameter x: any shape; saved when a gradient must pass.
  public func gelu(_ x: Tensor) throws -> Tensor {
    let y = try Tensor(uninitialized: x.shape)
    let (py, px) = (y.pointer, x.pointer)
    Threads.split(x.count, grain: Elementwise.grain) { range in
      ck_gelu_forward(py + range.lowerBound, px + range.lowerBound, range.count)
    }
    if needs(x), let slot = x.gradientSlot { record(GELU(x: x, inputSlot: slot), output: y) }
    return y
  }
}

/// Backward of `gelu`: `dx = dy (Φ(x) + x φ(x))`.
struct GELU: Op {
  /// The pre-activation.
  let x: Tensor
  let inputSlot: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let (dx, beta) = try inputSlot.destination(x.shape)
    let (p, g, px) = (dx.pointer, gradient.pointer, x.pointer)
    Threads.split(x.count, grain: Elementwise.grain) { range in
      let i = range.lowerBound
      ck_gelu_backward(p + i, g + i, px + i, beta == 0 ? 0 : 1, range.count)
    }
  }
}
