import Foundation

extension Naive {
  /// `x Wᵀ + b`; dimensions of the weight after the first are taken together.
  public static func linear(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor?
  ) -> DoubleTensor {
    let outputs = weight.shape[0]
    let inputs = weight.values.count / outputs
    let rows = x.values.count / inputs
    var y = DoubleTensor(x.shape.dropLast() + [outputs])
    for r in 0..<rows {
      for o in 0..<outputs {
        var sum = bias?.values[o] ?? 0
        for i in 0..<inputs { sum += x.values[r * inputs + i] * weight.values[o * inputs + i] }
        y.values[r * outputs + o] = sum
      }
    }
    return y
  }

  /// Each row by its mean and biased variance.
  public static func layerNorm(
    _ x: DoubleTensor, _ gamma: DoubleTensor, _ beta: DoubleTensor, epsilon: Double
  ) -> DoubleTensor {
    let n = gamma.values.count
    var y = x
    for start in stride(from: 0, to: x.values.count, by: n) {
      let row = x.values[start..<(start + n)]
      let mean = row.reduce(0, +) / Double(n)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
      for i in 0..<n {
        let scaled = (x.values[start + i] - mean) / (variance + epsilon).squareRoot()
        y.values[start + i] = scaled * gamma.values[i] + beta.values[i]
      }
    }
    return y
  }

  public static func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }

  /// `softmax(Q Kᵀ / sqrt(d)) V` for each head, heads being runs of columns.
  public static func attention(
    _ query: DoubleTensor, _ key: DoubleTensor, _ value: DoubleTensor, heads: Int
  ) -> DoubleTensor {
    let (batch, tokens, hidden) = (query.shape[0], query.shape[1], query.shape[2])
    let keys = key.shape[1]
    let width = hidden / heads
    var y = DoubleTensor(query.shape)
    for b in 0..<batch {
      for first in stride(from: 0, to: hidden, by: width) {
        for t in 0..<tokens {
          let q = (b * tokens + t) * hidden + first
          var weights = [Double](repeating: 0, count: keys)
          for s in 0..<keys {
            let k = (b * keys + s) * hidden + first
            var dot = 0.0
            for i in 0..<width { dot += query.values[q + i] * key.values[k + i] }
            weights[s] = exp(dot / Double(width).squareRoot())
          }
          let sum = weights.reduce(0, +)
          for s in 0..<keys {
            let v = (b * keys + s) * hidden + first
            for i in 0..<width { y.values[q + i] += weights[s] / sum * value.values[v + i] }
          }
        }
      }
    }
    return y
  }

  /// Mean of `-log softmax(logits)[label]`.
  public static func crossEntropy(_ logits: DoubleTensor, _ labels: [Int]) -> DoubleTensor {
    let classes = logits.shape[1]
    var loss = 0.0
    for (item, label) in labels.enumerated() {
      let row = logits.values[(item * classes)..<((item + 1) * classes)]
      loss += log(row.reduce(0) { $0 + exp($1) }) - logits.values[item * classes + label]
    }
    return DoubleTensor([], [loss / Double(labels.count)])
  }

  /// The rows `range` of each item of `[batch, tokens, hidden]`.
  public static func tokens(_ x: DoubleTensor, _ range: Range<Int>) -> DoubleTensor {
    let (batch, tokens, hidden) = (x.shape[0], x.shape[1], x.shape[2])
    var y = DoubleTensor([batch, range.count, hidden])
    y.values = (0..<batch).flatMap { b in
      x.values[
        ((b * tokens + range.lowerBound) * hidden)..<((b * tokens + range.upperBound) * hidden)]
    }
    return y
  }

  /// The mean over a run of tokens.
  public static func tokenMean(_ x: DoubleTensor, _ range: Range<Int>) -> DoubleTensor {
    let part = tokens(x, range)
    let (batch, hidden) = (x.shape[0], x.shape[2])
    var y = DoubleTensor([batch, hidden])
    for (i, v) in part.values.enumerated() {
      y.values[i / (range.count * hidden) * hidden + i % hidden] += v / Double(range.count)
    }
    return y
  }

  /// Runs of tokens one after the other; a part with a batch of one is repeated.
  public static func concatenate(_ parts: [DoubleTensor]) -> DoubleTensor {
    let batch = parts.map { $0.shape[0] }.max() ?? 0
    let hidden = parts[0].shape[2]
    var y = DoubleTensor([batch, parts.reduce(0) { $0 + $1.shape[1] }, hidden])
    y.values = (0..<batch).flatMap { b in
      parts.flatMap { part -> ArraySlice<Double> in
        let n = part.shape[1] * hidden
        let start = part.shape[0] == 1 ? 0 : b * n
        return part.values[start..<(start + n)]
      }
    }
    return y
  }
}
