import ASTKit
import Testing

@Suite("Whole numbers out of any number")
struct ClampedIntegerTests {
  @Test(
    "the whole part, cut to what fits",
    arguments: [
      (1.9, 1), (-1.9, -1), (0, 0), (.leastNonzeroMagnitude, 0), (.nan, 0), (.infinity, .max),
      (-.infinity, .min),
      (1e19, .max), (-1e19, .min), (0x1p63, .max), (-0x1p63, .min), (9e15, 9_000_000_000_000_000),
    ])
  func clamped(number: Double, expected: Int) {
    #expect(Int(clamped: number) == expected)
  }
}
