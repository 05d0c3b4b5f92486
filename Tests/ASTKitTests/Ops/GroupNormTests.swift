import ASTKit
import TestSupport
import Testing

struct GroupNormTests {
  @Test("each example and channel is normalised over time", arguments: [1, 6, 16, 19])
  func values(channels: Int) throws {
    let inputs: KeyValuePairs<String, DoubleTensor> = [
      "x": .random([3, 6, channels], seed: 1, in: -1...3),
      "weight": .random([channels], seed: 2, in: 0.5...1.5),
      "bias": .random([channels], seed: 3),
    ]
    #expect(
      try gradientMismatches(inputs) {
        try $0.groupNorm($1[0], weight: $1[1], bias: $1[2])
      } reference: {
        Naive.groupNorm($0[0], $0[1], $0[2])
      } == [])
  }

  @Test("a weight of another size is refused")
  func wrongSize() {
    #expect(throws: EngineError.self) {
      try Tape(.inference).groupNorm(
        try Tensor([1, 4, 3]), weight: Tensor([2]), bias: Tensor([3]))
    }
  }
}
