import ASTKit
import Foundation

/// The ops of the engine written as their formulas, in double precision and with plain loops,
/// to compare the fast ones with.
public enum Naive {
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// `a * sigmoid(b)` for the halves `[a, b]` of the last dimension.
  public static func glu(_ x: DoubleTensor) -> DoubleTensor {
    let columns = x.shape[x.shape.count - 1]
    let half = columns / 2
    var y = DoubleTensor(x.shape.dropLast() + [half])
    for i in y.values.indices {
      let place = i / half * columns + i % half
      y.values[i] = x.values[place] * sigmoid(x.values[place + half])
    }
    return y
  }

  /// Normalises sets of elements, `set(i)` telling which set and `channel(i)` which channel
  /// the i-th element belongs to, by their mean and biased variance.
  private static func normalise(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor, epsilon: Double,
    set: (Int) -> Int
  ) -> DoubleTensor {
    let channels = weight.values.count
    var sums: [Int: (count: Double, sum: Double, square: Double)] = [:]
    for i in x.values.indices { sums[set(i), default: (0, 0, 0)].count += 1 }
    for (i, v) in x.values.enumerated() { sums[set(i)]?.sum += v }
    for (i, v) in x.values.enumerated() {
      guard let s = sums[set(i)] else { continue }
      let d = v - s.sum / s.count
      sums[set(i)]?.square += d * d
    }
    var y = x
    for i in x.values.indices {
      guard let s = sums[set(i)] else { continue }
      let scaled = (x.values[i] - s.sum / s.count) / (s.square / s.count + epsilon).squareRoot()
      y.values[i] = scaled * weight.values[i % channels] + bias.values[i % channels]
    }
    return y
  }

  /// Batch statistics over all but the last dimension.
  public static func batchNorm(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor, epsilon: Double = 1e-5
  ) -> DoubleTensor {
    normalise(x, weight, bias, epsilon: epsilon) { $0 % weight.values.count }
  }

  /// Statistics over the middle of `[batch, time, channels]`.
  public static func groupNorm(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor, epsilon: Double = 1e-5
  ) -> DoubleTensor {
    let channels = weight.values.count
    let example = x.shape[1] * channels
    return normalise(x, weight, bias, epsilon: epsilon) {
      $0 / example * channels + $0 % channels
    }
  }

  /// PyTorch's `conv1d` in channels-last layout: `x` `[batch, time, in]`, `weight`
  /// `[out, in / groups, k]`; zeros `padding.left` before and `padding.right` after.
  public static func convolution(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor?, stride: Int = 1,
    padding: (left: Int, right: Int) = (0, 0), groups: Int = 1
  ) -> DoubleTensor {
    let (batch, time, channels) = (x.shape[0], x.shape[1], x.shape[2])
    let (out, perGroup, taps) = (weight.shape[0], weight.shape[1], weight.shape[2])
    let steps = (time + padding.left + padding.right - taps) / stride + 1
    var y = DoubleTensor([batch, steps, out])
    for b in 0..<batch {
      for t in 0..<steps {
        for o in 0..<out {
          var sum = bias?.values[o] ?? 0
          let first = o / (out / groups) * perGroup
          for j in 0..<taps {
            let source = t * stride + j - padding.left
            if source < 0 || source >= time { continue }
            for i in 0..<perGroup {
              sum +=
                weight.values[(o * perGroup + i) * taps + j]
                * x.values[(b * time + source) * channels + first + i]
            }
          }
          y.values[(b * steps + t) * out + o] = sum
        }
      }
    }
    return y
  }

  /// The convolution with one kernel per channel and as many tokens out as in.
  public static func depthwiseConvolution(
    _ x: DoubleTensor, _ weight: DoubleTensor, _ bias: DoubleTensor?
  ) -> DoubleTensor {
    let taps = weight.shape[weight.shape.count - 1]
    let channels = weight.shape[0]
    let left = (taps - 1) / 2
    return convolution(
      x, weight.reshaped([channels, 1, taps]), bias, padding: (left, taps - 1 - left),
      groups: channels)
  }
}
