import ASTKit
import TestSupport
import Testing

struct CrossEntropyTests {
  @Test("loss and gradient")
  func values() throws {
    #expect(
      try gradientMismatches(["logits": .random([3, 5], seed: 1, in: -3...3)]) {
        try $0.crossEntropy($1[0], labels: [4, 0, 2])
      } reference: {
        Naive.crossEntropy($0[0], [4, 0, 2])
      } == [])
  }

  /// torch.nn.functional.cross_entropy of [[1000., 0.]] with label 1 is 1000.
  @Test("large logits do not overflow; a NaN logit makes the loss NaN")
  func specialValues() throws {
    let tape = Tape(.training)
    let loss = try tape.crossEntropy(Tensor([1, 2], values: [1000, 0]), labels: [1])
    #expect(loss.values == [1000])
    for row in [[Float.nan, 0], [0, .nan]] {
      #expect(try tape.crossEntropy(Tensor([1, 2], values: row), labels: [0]).values[0].isNaN)
    }
  }

  @Test("a label outside the classes and a batch of another size are refused")
  func refusals() {
    let tape = Tape(.training)
    #expect(throws: EngineError.self) { try tape.crossEntropy(Tensor([1, 3]), labels: [3]) }
    #expect(throws: EngineError.self) { try tape.crossEntropy(Tensor([2, 3]), labels: [0]) }
  }
}
