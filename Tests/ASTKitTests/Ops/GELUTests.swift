import ASTKit
import TestSupport
import Testing

struct GELUTests {
  @Test("the exact form, with erf")
  func values() throws {
    #expect(
      try gradientMismatches(["x": .random([3, 5, 7], seed: 1, in: -6...6)]) {
        try $0.gelu($1[0])
      } reference: {
        $0[0].map(Naive.gelu)
      } == [])
  }

  @Test("within 2e-7 of libm's erf relative to the input, NaN kept")
  func accuracy() throws {
    let x = (-8000...8000).map { Float($0) / 1000 }
    let y = try Tape(.inference).gelu(Tensor([x.count], values: x))
    for (a, b) in zip(x, y.values) {
      #expect(abs(Double(b) - Naive.gelu(Double(a))) <= 2e-7 * max(1, Double(abs(a))))
    }
    #expect(try Tape(.inference).gelu(Tensor([1], filledWith: .nan)).values[0].isNaN)
  }
}
