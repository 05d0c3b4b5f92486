import Foundation

/// How a new tensor gets its first values.
public enum Initialization: Sendable, Equatable {
  case zeros
  case ones
  /// Normal with mean 0 and this standard deviation, redrawn outside ±2 as `trunc_normal_` in
  /// transformers (±2 is absolute, so for 0.02 it never cuts).
  case truncatedNormal(Float)
  /// Uniform in ±bound.
  case uniform(Float)

  /// The default of a linear or convolution layer in PyTorch: Kaiming uniform with a = √5,
  /// which is uniform in ±1/√fanIn, for weight and bias alike.
  public static func linearDefault(fanIn: Int) -> Initialization {
    .uniform(1 / Float(max(1, fanIn)).squareRoot())
  }

  /// Glorot and Bengio's uniform initialisation: ±√(6 / (fanIn + fanOut)).
  public static func xavierUniform(fanIn: Int, fanOut: Int) -> Initialization {
    .uniform((6 / Float(fanIn + fanOut)).squareRoot())
  }

  /// Draws a tensor. The same shape and stream give the same values everywhere.
  public func tensor(_ shape: [Int], random: inout RandomSource) throws -> Tensor {
    switch self {
    case .zeros: return try Tensor(shape)
    case .ones: return try Tensor(shape, filledWith: 1)
    case .truncatedNormal(let deviation):
      let result = try Tensor(uninitialized: shape)
      for i in 0..<result.count {
        var value = random.normal() * Double(deviation)
        while abs(value) > 2 { value = random.normal() * Double(deviation) }
        result.pointer[i] = Float(value)
      }
      return result
    case .uniform(let bound):
      let result = try Tensor(uninitialized: shape)
      for i in 0..<result.count {
        result.pointer[i] = Float((2 * random.uniform() - 1) * Double(bound))
      }
      return result
    }
  }
}

extension RandomSource {
  /// Normal with mean 0 and variance 1 (Box and Muller, one of the pair).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
