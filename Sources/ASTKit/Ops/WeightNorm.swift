extension Tape {
  /// Weight normalisation per kernel position (Salimans and Kingma, 2016; PyTorch's
  /// `weight_norm` with `dim = 2`), as in the positional convolution of wav2vec 2.0:
  /// `w[o, i, j] = g[j] * v[o, i, j] / norm(v[:, :, j])`.
  ///
  /// Shapes: `direction` (v) `[out, in, k]`, `magnitude` (g) `[1, 1, k]`, the result as `v`.
  /// Saved: both and the `k` norms, when either needs a gradient.
  /// - Throws: `EngineError.shape` if the shapes do not fit.
  public func weightNorm(direction: Tensor, magnitude: Tensor) throws -> Tensor {
    let taps = direction.columns
    guard direction.shape.count == 3, magnitude.count == taps else {
      throw EngineError.shape(
        operation: "weight norm", expected: "a magnitude of \(taps) numbers",
        found: magnitude.shape)
    }
    let norms = WeightNorm.columnDots(direction, direction).map { $0.squareRoot() }
    let factors = (0..<taps).map { Float(Double(magnitude.pointer[$0]) / norms[$0]) }
    let y = try Tensor(uninitialized: direction.shape)
    let (output, input) = (y.pointer, direction.pointer)
    Threads.split(y.rows, grain: rowGrain(taps)) { range in
      for row in range {
        for j in 0..<taps { output[row * taps + j] = input[row * taps + j] * factors[j] }
      }
    }
    if needs(direction, magnitude) {
      record(
        WeightNorm(
          direction: direction.gradientSlot, magnitude: magnitude.gradientSlot, v: direction,
          g: magnitude, norms: norms), output: y)
    }
    return y
  }
}

/// With `s[j] = sum(dw[:, :, j] * v[:, :, j])` and `r` the norms: `dg = s / r` and
/// `dv = g / r * (dw - v * s / r²)`.
private struct WeightNorm: Op {
  let direction: GradientSlot?, magnitude: GradientSlot?
  let v: Tensor, g: Tensor
  let norms: [Double]

  func backward(_ gradient: Tensor) throws {
    let taps = v.columns
    let dots = Self.columnDots(gradient, v)
    if let magnitude {
      let result = try Tensor(uninitialized: g.shape)
      for j in 0..<taps { result.pointer[j] = Float(dots[j] / norms[j]) }
      try magnitude.add(result)
    }
    guard let direction else { return }
    let factors = (0..<taps).map { Float(Double(g.pointer[$0]) / norms[$0]) }
    let slopes = (0..<taps).map { Float(dots[$0] / (norms[$0] * norms[$0])) }
    let result = try Tensor(uninitialized: v.shape)
    let (dv, dw, values) = (result.pointer, gradient.pointer, v.pointer)
    Threads.split(v.rows, grain: rowGrain(taps)) { range in
      for row in range {
        for j in 0..<taps {
          let i = row * taps + j
          dv[i] = factors[j] * (dw[i] - values[i] * slopes[j])
        }
      }
    }
    try direction.add(result)
  }

  /// The sum over the rows of `a * b` for each column.
  static func columnDots(_ a: Tensor, _ b: Tensor) -> [Double] {
    let (x, y, columns) = (a.pointer, b.pointer, a.columns)
    return ChannelSums.gather(rows: a.rows, width: columns) { sums, range in
      for row in range {
        for j in 0..<columns {
          sums[j] += Double(x[row * columns + j]) * Double(y[row * columns + j])
        }
      }
    }
  }
}
