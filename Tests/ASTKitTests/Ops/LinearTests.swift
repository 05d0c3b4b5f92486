import ASTKit
import TestSupport
import Testing

struct LinearTests {
  @Test("output and gradients, with and without a bias", arguments: [true, false])
  func values(hasBias: Bool) throws {
    let x = DoubleTensor.random([2, 5, 7], seed: 1)
    let weight = DoubleTensor.random([4, 7], seed: 2)
    let bias = DoubleTensor.random([4], seed: 3)
    let inputs: KeyValuePairs<String, DoubleTensor> =
      hasBias ? ["x": x, "weight": weight, "bias": bias] : ["x": x, "weight": weight]
    #expect(
      try gradientMismatches(inputs) {
        try $0.linear($1[0], weight: $1[1], bias: hasBias ? $1[2] : nil)
      } reference: {
        Naive.linear($0[0], $0[1], hasBias ? $0[2] : nil)
      } == [])
  }

  @Test("a pointwise convolution's weight fits as it is")
  func pointwise() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([2, 3, 6], seed: 1), "weight": .random([4, 6, 1], seed: 2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.linear($1[0], weight: $1[1])
      } reference: {
        Naive.linear($0[0], $0[1], nil)
      } == [])
  }

  /// 128 * 96 * 96 multiply-adds are above the size from which products are shared out.
  @Test("a product on all threads", arguments: [(128, 96, 96), (40, 96, 300)])
  func large(rows: Int, inputs: Int, outputs: Int) throws {
    let x = DoubleTensor.random([rows, inputs], seed: 1)
    let weight = DoubleTensor.random([outputs, inputs], seed: 2)
    let y = try Tape(.inference).linear(x.tensor, weight: weight.tensor)
    for (r, o) in [(0, 0), (rows - 1, outputs - 1), (rows / 2, outputs / 2), (3, outputs - 2)] {
      var sum = 0.0
      for i in 0..<inputs { sum += x[r, i] * weight[o, i] }
      #expect(abs(Double(y.values[r * outputs + o]) - sum) < 1e-4)
    }
  }

  @Test("sizes that do not fit are refused")
  func wrongShapes() {
    let tape = Tape(.inference)
    #expect(throws: EngineError.self) { try tape.linear(Tensor([2, 3]), weight: Tensor([4, 5])) }
    #expect(throws: EngineError.self) {
      try tape.linear(Tensor([2, 3]), weight: Tensor([4, 3]), bias: Tensor([3]))
    }
  }
}
