import ASTKit
import TestSupport
import Testing

struct SoftmaxTests {
  @Test(
    "along the last, a middle and the first dimension",
    arguments: [
      ([4, 9], -1, 1), ([2, 5, 3], 1, 1), ([6, 2, 2], 0, 0), ([1, 7], 0, 0), ([2, 3, 70], 1, 1),
    ])
  func axes(shape: [Int], axis: Int, resolved: Int) throws {
    #expect(
      try gradientMismatches(["x": .random(shape, seed: 1, in: -4...4)]) {
        try $0.softmax($1[0], axis: axis)
      } reference: {
        Naive.softmax($0[0], axis: resolved)
      } == [])
  }

  @Test("large logits do not overflow, and NaN is not hidden")
  func specialValues() throws {
    let tape = Tape(.inference)
    let y = try tape.softmax(Tensor([2, 2], values: [1000, 999, .nan, 0]))
    #expect(abs(y.values[0] - 0.731_058_6) < 1e-6 && abs(y.values[1] - 0.268_941_4) < 1e-6)
    #expect(y.values[2].isNaN && y.values[3].isNaN)
    #expect(throws: EngineError.self) { try tape.softmax(y, axis: 2) }
  }
}
