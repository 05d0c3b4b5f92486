import ASTKit
import Foundation
import TestSupport
import Testing

/// A resampled tone is the same tone at the other rate; what the new rate cannot hold is gone.
struct ResamplerTests {
  @Test(arguments: [(44100, 16000), (8000, 16000), (96000, 16000), (22050, 16000)])
  func toneStaysTheTone(from: Int, to: Int) throws {
    let seconds = 0.2
    let input = Sounds.tone(440, samples: Int(seconds * Double(from)), rate: from)
    let output = try Resampler.resample(input, from: from, to: to)
    let expected = Sounds.tone(440, samples: Int(seconds * Double(to)), rate: to)
    #expect(abs(output.count - expected.count) <= 1)
    // The edges see the silence outside.
    for i in 500..<(expected.count - 500) { #expect(abs(output[i] - expected[i]) < 2e-4) }
  }

  @Test func aliasesAreRemoved() throws {
    let input = Sounds.tone(11000, samples: 9600, rate: 48000)
    let output = try Resampler.resample(input, from: 48000, to: 16000)
    #expect((output[500..<2700].map { abs($0) }.max() ?? 1) < 1e-4)
  }

  @Test func equalRatesChangeNothing() throws {
    #expect(try Resampler.resample([1, 2, 3], from: 16000, to: 16000) == [1, 2, 3])
  }

  @Test func impossibleRates() {
    #expect(throws: AudioError.resampling(path: "x", reason: "from 0 Hz to 16000 Hz")) {
      try Resampler.resample([1], from: 0, to: 16000, path: "x")
    }
  }
}
