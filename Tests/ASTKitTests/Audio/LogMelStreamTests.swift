import TestSupport
import Testing

@testable import ASTKit

/// Rows that are made as the samples come are those of the whole signal.
struct LogMelStreamTests {
  @Test(arguments: [1, 7, 159, 160, 399, 400, 401, 5000, 20000])
  func piecesOf(size: Int) throws {
    let fbank = try Fbank(melBins: 40)
    let count = 9123
    let samples = zip(Sounds.tone(700, samples: count), 0..<count).map { tone, i in
      tone + Float(i * 7919 % 1009) / 5000
    }
    let stream = LogMelStream(fbank)
    var rows: [Float] = []
    var at = 0
    while at < count {
      let end = min(count, at + size)
      rows += stream.add(Array(samples[at..<end]))
      at = end
      #expect(stream.frames == fbank.frameCount(samples: at))
    }
    #expect(rows == fbank.logMel(samples))
    #expect(stream.samples == count)
    #expect(stream.add([]).isEmpty)
  }

  @Test func otherRatesHaveOtherHops() throws {
    let fbank = try Fbank(sampleRate: 22050, melBins: 20)
    let samples = Sounds.tone(300, samples: 6001, rate: 22050)
    let stream = LogMelStream(fbank)
    let rows = stream.add(Array(samples[..<1000])) + stream.add(Array(samples[1000...]))
    #expect(rows == fbank.logMel(samples))
  }
}
