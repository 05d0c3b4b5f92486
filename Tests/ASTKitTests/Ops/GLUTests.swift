import ASTKit
import TestSupport
import Testing

struct GLUTests {
  @Test("the first half of the last dimension is gated by the second", arguments: [1, 5, 16, 33])
  func halves(half: Int) throws {
    let x = DoubleTensor.random([2, 3, 2 * half], seed: 1, in: -3...3)
    #expect(
      try gradientMismatches(["x": x]) {
        try $0.glu($1[0])
      } reference: {
        Naive.glu($0[0])
      } == [])
  }

  @Test("an odd last dimension is refused with the shape")
  func oddColumns() {
    #expect(throws: EngineError.self) { try Tape(.inference).glu(Tensor([2, 3])) }
  }
}
