import ASTKit
import TestSupport
import Testing

struct L2NormalizeTests {
  @Test("along the last and a middle dimension", arguments: [1, 2])
  func axes(axis: Int) throws {
    #expect(
      try gradientMismatches(["x": .random([4, 6, 5], seed: 1)]) {
        try $0.l2Normalize($1[0], axis: axis)
      } reference: {
        Naive.l2Normalize($0[0], axis: axis)
      } == [])
  }

  @Test("zeros stay zeros, with a finite gradient")
  func zeros() throws {
    let x = Parameter("x", try Tensor([1, 3]))
    x.isTrainable = true
    let tape = Tape(.training)
    let y = try tape.l2Normalize(x.value)
    #expect(y.values == [0, 0, 0])
    try tape.backward(from: y)
    #expect(x.gradient?.isFinite == true)
  }
}
