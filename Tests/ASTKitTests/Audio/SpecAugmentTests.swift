import TestSupport
import Testing

@testable import ASTKit

/// Masks follow the published formula cell by cell, and draw in its order.
struct SpecAugmentTests {
  /// Examples of the formula worked by hand.
  @Test(
    arguments: [
      (10, 3.9, 2.9, 2..<5), (10, 0.99, 5, 5..<5), (10, 9.99, 0, 0..<9), (10, 2, 8, 8..<10),
      // An axis shorter than the parameter: wider than the axis, from below 0.
      (4, 6.5, -2.4, 0..<4), (4, 6.5, -0.4, 0..<4),
    ] as [(Int, Double, Double, Range<Int>)])
  func mask(size: Int, width: Double, start: Double, expected: Range<Int>) {
    #expect(SpecAugment.mask(size: size, width: width, start: start) == expected)
  }

  @Test func masksOneBandAndOneStretchOfEachExample() throws {
    let (batch, frames, mels) = (4, 100, 32)
    let input = try Tensor([batch, frames, mels], filledWith: 1)
    var random = RandomSource(seed: 3)
    var same = random
    try SpecAugment(frequencyMask: 24, timeMask: 80).apply(to: input, random: &random)
    for example in 0..<batch {
      // The order of the draws: width, start of the band, then of the stretch.
      let v = same.uniform() * 24
      let s = same.uniform() * (32 - v)
      let w = same.uniform() * 80
      let t = same.uniform() * (100 - w)
      for frame in 0..<frames {
        for mel in 0..<mels {
          let hidden =
            (Int(s)..<Int(s) + Int(v)).contains(mel) || (Int(t)..<Int(t) + Int(w)).contains(frame)
          #expect(input.elements[(example * frames + frame) * mels + mel] == (hidden ? 0 : 1))
        }
      }
    }
    #expect(random == same)
  }

  /// The width is 0 ... P-1 and each of them is reached.
  @Test func widths() {
    var random = RandomSource(seed: 1)
    let widths = Set(
      (0..<2000).map { _ in
        SpecAugment.mask(size: 128, parameter: 24, random: &random).count
      })
    #expect(widths == Set(0..<24))
  }

  @Test func offAndWrong() throws {
    let input = try Tensor([1, 8, 8], filledWith: 1)
    var random = RandomSource(seed: 1)
    let before = random
    try SpecAugment(frequencyMask: 0, timeMask: 0).apply(to: input, random: &random)
    #expect(input.values.allSatisfy { $0 == 1 })
    #expect(random == before)
    #expect(throws: EngineError.self) { try SpecAugment(timeMask: -1) }
    #expect(throws: EngineError.self) {
      try SpecAugment().apply(to: Tensor([8, 8]), random: &random)
    }
  }
}
