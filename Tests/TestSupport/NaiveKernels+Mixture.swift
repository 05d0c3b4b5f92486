import Foundation

extension Naive {
  /// The positions of each line of elements along one dimension.
  private static func lines(_ shape: [Int], axis: Int) -> [[Int]] {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let n = shape[axis]
    return (0..<outer).flatMap { o in
      (0..<inner).map { i in (0..<n).map { (o * n + $0) * inner + i } }
    }
  }

  /// Softmax along one dimension.
  public static func softmax(_ x: DoubleTensor, axis: Int) -> DoubleTensor {
    var y = x.map(exp)
    for line in lines(x.shape, axis: axis) {
      let sum = line.reduce(0) { $0 + y.values[$1] }
      for i in line { y.values[i] /= sum }
    }
    return y
  }

  /// `x / (norm + 1e-6)` along one dimension.
  public static func l2Normalize(_ x: DoubleTensor, axis: Int) -> DoubleTensor {
    var y = x
    for line in lines(x.shape, axis: axis) {
      let norm = line.reduce(0) { $0 + x.values[$1] * x.values[$1] }.squareRoot() + 1e-6
      for i in line { y.values[i] /= norm }
    }
    return y
  }

  /// `g[j] * v[., ., j] / norm(v[., ., j])` for each position of the last dimension.
  public static func weightNorm(_ v: DoubleTensor, _ g: DoubleTensor) -> DoubleTensor {
    let taps = g.values.count
    var y = v
    for j in 0..<taps {
      let line = stride(from: j, to: v.values.count, by: taps)
      let norm = line.reduce(0) { $0 + v.values[$1] * v.values[$1] }.squareRoot()
      for i in line { y.values[i] *= g.values[j] / norm }
    }
    return y
  }

  /// The other order of the last two dimensions.
  public static func transposed(_ x: DoubleTensor) -> DoubleTensor {
    let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
    var y = DoubleTensor(x.shape.dropLast(2) + [columns, rows])
    for i in x.values.indices {
      let (item, row, column) = (i / (rows * columns), i / columns % rows, i % columns)
      y.values[(item * columns + column) * rows + row] = x.values[i]
    }
    return y
  }

  /// Matrix products item by item; a factor with two dimensions serves every item.
  public static func product(_ a: DoubleTensor, _ b: DoubleTensor) -> DoubleTensor {
    let batch = [a, b].filter { $0.shape.count == 3 }.map { $0.shape[0] }.first
    let (m, k) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
    let n = b.shape[b.shape.count - 1]
    var y = DoubleTensor((batch.map { [$0] } ?? []) + [m, n])
    for item in 0..<(batch ?? 1) {
      let left = a.shape.count == 3 ? item * m * k : 0
      let right = b.shape.count == 3 ? item * k * n : 0
      for i in 0..<m {
        for j in 0..<n {
          var sum = 0.0
          for l in 0..<k { sum += a.values[left + i * k + l] * b.values[right + l * n + j] }
          y.values[(item * m + i) * n + j] = sum
        }
      }
    }
    return y
  }

  /// Experts weighted row by row, the weight of expert e in column e.
  public static func weightedSum(
    _ experts: [DoubleTensor], _ weights: DoubleTensor
  ) -> DoubleTensor {
    var y = DoubleTensor(experts[0].shape)
    let h = experts[0].shape[experts[0].shape.count - 1]
    for i in y.values.indices {
      for (e, expert) in experts.enumerated() {
        y.values[i] += weights.values[i / h * experts.count + e] * expert.values[i]
      }
    }
    return y
  }
}
