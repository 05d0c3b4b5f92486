/// Where the parameters of a model under construction come from: drawn anew, or a file.
public protocol ParameterSource {
  /// The first values of the parameter called `name`.
  /// - Throws: an error that names the parameter when it is missing or has another shape.
  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor
}

extension ParameterSource {
  func parameter(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Parameter {
    Parameter(name, try tensor(name, shape, initialization))
  }
}

/// Draws every parameter from a seed. Each has a stream of its own, named after it, so that
/// values do not depend on the order of construction.
public struct RandomParameters: ParameterSource {
  public let random: RandomSource
  private let interrupt: InterruptFlag?

  /// - Parameter interrupt: polled before each parameter.
  public init(seed: Int, interrupt: InterruptFlag? = nil) {
    random = RandomSource(seed: UInt64(bitPattern: Int64(seed)))
    self.interrupt = interrupt
  }

  public init(random: RandomSource) {
    self.random = random
    interrupt = nil
  }

  /// - Throws: `EngineError.interrupted`, `.memory`
  public func tensor(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws -> Tensor {
    try interrupt?.check()
    var stream = random.fork(name)
    return try initialization.tensor(shape, random: &stream)
  }
}
