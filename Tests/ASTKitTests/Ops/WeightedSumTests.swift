import ASTKit
import TestSupport
import Testing

struct WeightedSumTests {
  @Test("experts are weighted token by token")
  func values() throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "first": .random([2, 3, 5], seed: 1), "second": .random([2, 3, 5], seed: 2),
      "third": .random([2, 3, 5], seed: 3), "weights": .random([2, 3, 3], seed: 4),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.weightedSum(experts: Array($1[..<3]), weights: $1[3])
      } reference: {
        Naive.weightedSum(Array($0[..<3]), $0[3])
      } == [])
  }

  @Test("weights for another number of experts are refused")
  func wrongWeights() {
    #expect(throws: EngineError.self) {
      try Tape(.inference).weightedSum(
        experts: [try Tensor([2, 3]), Tensor([2, 3])], weights: Tensor([2, 3]))
    }
  }
}
