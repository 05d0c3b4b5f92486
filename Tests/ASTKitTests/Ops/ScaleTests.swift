import ASTKit
import TestSupport
import Testing

struct ScaleTests {
  @Test("by a constant")
  func constant() throws {
    #expect(
      try gradientMismatches(["x": .random([3, 4], seed: 1)]) {
        try $0.scale($1[0], by: -2.5)
      } reference: {
        $0[0].map { -2.5 * $0 }
      } == [])
  }

  @Test("by a trainable number", arguments: [[], [1]])
  func trainable(shape: [Int]) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([3, 130], seed: 1), "factor": DoubleTensor(shape, filledWith: 0.75),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.scale($1[0], by: $1[1])
      } reference: { inputs in
        inputs[0].map { $0 * inputs[1].values[0] }
      } == [])
  }
}
