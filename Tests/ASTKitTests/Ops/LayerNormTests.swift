import ASTKit
import TestSupport
import Testing

struct LayerNormTests {
  @Test("output and gradients", arguments: [(4, 1e-12), (9, 1e-5), (33, 1e-5)])
  func values(hidden: Int, epsilon: Double) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([2, 3, hidden], seed: 1, in: -1...3),
      "gamma": .random([hidden], seed: 2, in: 0.5...1.5), "beta": .random([hidden], seed: 3),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.layerNorm($1[0], gamma: $1[1], beta: $1[2], eps: Float(epsilon))
      } reference: {
        Naive.layerNorm($0[0], $0[1], $0[2], epsilon: epsilon)
      } == [])
  }

  @Test("a row far from zero keeps its digits")
  func offset() throws {
    let x = DoubleTensor.random([1, 768], seed: 1, in: 999...1001)
    let (one, zero) = (DoubleTensor([768], filledWith: 1), DoubleTensor([768]))
    let y = try Tape(.inference).layerNorm(
      x.tensor, gamma: one.tensor, beta: zero.tensor, eps: 1e-12)
    let expected = Naive.layerNorm(x, one, zero, epsilon: 1e-12)
    let worst = zip(DoubleTensor(y).values, expected.values).map { abs($0 - $1) }.max()
    // A mean summed in floats is off by a few units in its last place, 6e-5 here.
    #expect((worst ?? 1) < 2e-3)
  }

  @Test("NaN stays in its row")
  func notANumber() throws {
    let (one, zero) = (try Tensor([2], filledWith: 1), try Tensor([2]))
    let y = try Tape(.inference).layerNorm(
      try Tensor([2, 2], values: [.nan, 1, 2, 3]), gamma: one, beta: zero, eps: 1e-5)
    #expect(y.values[0].isNaN && y.values[1].isNaN && y.values[2].isFinite)
  }
}
