import ASTKit

/// A small tensor in double precision for reference computations: slow, and simple enough to
/// be right.
public struct DoubleTensor: Equatable, Sendable {
  public var shape: [Int]
  /// Row-major.
  public var values: [Double]

  public init(_ shape: [Int], _ values: [Double]) {
    self.shape = shape
    self.values = values
  }

  public init(_ shape: [Int], filledWith value: Double = 0) {
    self.init(shape, [Double](repeating: value, count: shape.reduce(1, *)))
  }

  /// The values of a float tensor.
  public init(_ tensor: Tensor) {
    self.init(tensor.shape, tensor.values.map(Double.init))
  }

  /// Uniform in `range`, rounded to floats so that both precisions see the same numbers.
  public static func random(
    _ shape: [Int], seed: UInt64, in range: ClosedRange<Double> = -1...1
  ) -> DoubleTensor {
    var source = RandomSource(seed: seed)
    let width = range.upperBound - range.lowerBound
    return DoubleTensor(
      shape,
      (0..<shape.reduce(1, *)).map { _ in
        Double(Float(range.lowerBound + width * source.uniform()))
      })
  }

  /// The same numbers as a float tensor without a gradient.
  public var tensor: Tensor {
    guard let result = try? Tensor(shape, values: values.map { Float($0) }) else {
      preconditionFailure("no memory for a tensor of shape \(shape)")
    }
    return result
  }

  /// The place of an element in `values`.
  public func offset(_ index: [Int]) -> Int {
    var result = 0
    for (i, size) in zip(index, shape) { result = result * size + i }
    return result
  }

  public subscript(_ index: Int...) -> Double {
    get { values[offset(index)] }
    set { values[offset(index)] = newValue }
  }

  /// `f` of every element.
  public func map(_ f: (Double) -> Double) -> DoubleTensor {
    DoubleTensor(shape, values.map(f))
  }

  /// `f` of every pair of elements of two tensors of one shape.
  public func combined(
    _ other: DoubleTensor, _ f: (Double, Double) -> Double
  ) -> DoubleTensor {
    DoubleTensor(shape, zip(values, other.values).map(f))
  }

  /// The same values in another shape.
  public func reshaped(_ shape: [Int]) -> DoubleTensor { DoubleTensor(shape, values) }

  /// The largest magnitude.
  public var magnitude: Double { values.reduce(0) { max($0, abs($1)) } }
}
