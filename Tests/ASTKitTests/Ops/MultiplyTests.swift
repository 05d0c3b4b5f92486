import ASTKit
import TestSupport
import Testing

struct MultiplyTests {
  private let pair: KeyValuePairs<String, DoubleTensor> = [
    "x": .random([3, 4], seed: 1), "y": .random([3, 4], seed: 2),
  ]

  @Test("element by element")
  func values() throws {
    #expect(
      try gradientMismatches(pair) {
        try $0.multiply($1[0], $1[1])
      } reference: {
        $0[0].combined($0[1], *)
      } == [])
  }

  @Test("a tensor times itself gets both contributions")
  func square() throws {
    #expect(
      try gradientMismatches(["x": .random([7], seed: 1)]) {
        try $0.multiply($1[0], $1[0])
      } reference: {
        $0[0].map { $0 * $0 }
      } == [])
  }

  @Test("other shapes are refused")
  func wrongShape() {
    #expect(throws: EngineError.self) { try Tape(.inference).multiply(Tensor([2]), Tensor([3])) }
  }
}
