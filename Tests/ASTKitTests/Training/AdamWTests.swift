import ASTKit
import Foundation
import TestSupport
import Testing

/// AdamW does what its paper says, in PyTorch's order of operations.
struct AdamWTests {
  /// One parameter in double precision.
  private struct Reference {
    var value: [Double]
    var first: [Double], second: [Double]
    var updates = 0

    init(_ value: [Double]) {
      self.value = value
      first = value.map { _ in 0 }
      second = first
    }

    mutating func step(_ gradient: [Double], rate: Double, decay: Double) {
      updates += 1
      let (b1, b2, eps) = (0.9, 0.98, 1e-6)
      for i in value.indices {
        value[i] *= 1 - rate * decay
        first[i] = b1 * first[i] + (1 - b1) * gradient[i]
        second[i] = b2 * second[i] + (1 - b2) * gradient[i] * gradient[i]
        let m = first[i] / (1 - pow(b1, Double(updates)))
        let v = second[i] / (1 - pow(b2, Double(updates)))
        value[i] -= rate * m / (v.squareRoot() + eps)
      }
    }
  }

  /// Leaves `gradient` in the parameter, as a backward pass would.
  private func give(_ parameter: Parameter, _ gradient: [Double]) throws {
    parameter.clearGradient()
    let tape = Tape(.training)
    let product = try tape.multiply(
      parameter.value, DoubleTensor(parameter.shape, gradient).tensor)
    try tape.backward(from: product, seed: Tensor(parameter.shape, filledWith: 1))
  }

  @Test(arguments: [true, false]) func agreesWithTheFormula(_ decaysAll: Bool) throws {
    let start = DoubleTensor.random([3, 5], seed: 1)
    let flat = DoubleTensor.random([7], seed: 2)
    let matrix = Parameter("matrix", start.tensor)
    let vector = Parameter("vector", flat.tensor)
    for parameter in [matrix, vector] { parameter.isTrainable = true }
    var references = [Reference(start.values), Reference(flat.values)]
    var settings = AdamW.Settings()
    settings.decaysAll = decaysAll
    let optimiser = AdamW(settings)
    for step in 0..<20 {
      let rate = 0.01 / Double(step + 1)
      for (i, parameter) in [matrix, vector].enumerated() {
        // Large, small, and none at all.
        let scale = pow(10, Double(step % 5) - 4) * (step == 7 ? 0 : 1)
        let gradient = DoubleTensor.random(
          parameter.shape, seed: UInt64(10 * step + i), in: (-scale)...max(scale, 1e-300)
        ).values
        try give(parameter, gradient)
        references[i].step(gradient, rate: rate, decay: decaysAll || i == 0 ? 0.1 : 0)
      }
      try optimiser.step([matrix, vector]) { _ in rate }
    }
    for (parameter, reference) in zip([matrix, vector], references) {
      let worst = zip(parameter.value.values, reference.value).map { abs(Double($0) - $1) }.max()
      #expect(try #require(worst) < 2e-6, "\(parameter.name)")
    }
  }

  @Test func withoutAGradientNothingMoves() throws {
    let parameter = Parameter("p", try Tensor([4], filledWith: 2))
    parameter.isTrainable = true
    try AdamW().step([parameter]) { _ in 1 }
    #expect(parameter.value.values == [2, 2, 2, 2])
  }

  @Test func everyParameterHasItsOwnRate() throws {
    let parameters = try ["a", "b"].map { Parameter($0, try Tensor([2], filledWith: 1)) }
    for parameter in parameters {
      parameter.isTrainable = true
      try give(parameter, [1, 1])
    }
    try AdamW().step(parameters) { $0.name == "a" ? 0 : 0.1 }
    #expect(parameters[0].value.values == [1, 1])
    #expect(abs(parameters[1].value.values[0] - 0.89) < 1e-4)
  }

  /// A parameter that is gone must not leave its averages to another that took its memory.
  @Test func averagesBelongToOneParameter() throws {
    let optimiser = AdamW()
    for size in 1...50 {
      let parameter = Parameter("p\(size)", try Tensor([size * 40]))
      parameter.isTrainable = true
      try give(parameter, [Double](repeating: 1, count: size * 40))
      try optimiser.step([parameter]) { _ in 0.1 }
      // The first update of a gradient of 1 is -rate, whatever came before.
      #expect(parameter.value.values.allSatisfy { abs($0 + 0.1) < 1e-4 })
    }
  }
}
