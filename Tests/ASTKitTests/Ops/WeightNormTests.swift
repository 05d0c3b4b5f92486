import ASTKit
import TestSupport
import Testing

struct WeightNormTests {
  @Test("each kernel position has the length that its magnitude says")
  func values() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "direction": .random([5, 3, 4], seed: 1), "magnitude": .random([1, 1, 4], seed: 2),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.weightNorm(direction: $1[0], magnitude: $1[1])
      } reference: {
        Naive.weightNorm($0[0], $0[1])
      } == [])
  }
}
