import ASTKit
import TestSupport
import Testing

/// The features equal the float64 reference of ASTFeatureExtractor, whose mel filters,
/// log-mel rows and normalised inputs are in the goldens.
struct FbankTests {
  static let cases = [
    "features_harmonic", "features_noise_bursts", "features_chirp", "features_near_silence",
  ]

  func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test(.enabled(if: Goldens.exist, "no goldens"), arguments: cases)
  func equalsTheReference(name: String) throws {
    let golden = try Goldens.file(name)
    let samples = try golden.tensor("waveform").values
    let reference = try golden.tensor("fbank_float64")
    let rows = try Fbank().logMel(samples)
    #expect(largestDifference(rows, reference.values) < 2e-6)

    let settings = FeatureSettings(frames: 100)
    let logMel = LogMel(values: rows, frames: reference.shape[0], seconds: 0)
    let input = settings.inputValues(logMel)
    #expect(largestDifference(input, try golden.tensor("input_values").values) < 1e-6)
  }

  @Test(.enabled(if: Goldens.exist, "no goldens"))
  func filtersEqualTheReference() throws {
    let golden = try Goldens.file("features_mel_filters")
    let filters = MelFilters(count: 128, fftLength: 512, sampleRate: 16000)
    let counts = try golden.integers("mel_bin_count").map { Int($0) }
    #expect(filters.binCount == counts)
    let firstBins = try golden.integers("mel_first_bin").map { Int($0) }
    for (filter, count) in counts.enumerated() where count > 0 {
      #expect(filters.firstBin[filter] == firstBins[filter])
    }
    let weights = try golden.tensor("mel_weights").values
    #expect(largestDifference(filters.weights.map { Float($0) }, weights) < 1e-6)
  }

  /// Without goldens too: one filter is empty, silence gives the floor everywhere, and a pure
  /// tone is loudest in the filter over its frequency.
  @Test func floorAndPeak() throws {
    let filters = MelFilters(count: 128, fftLength: 512, sampleRate: 16000)
    #expect(filters.binCount.filter { $0 == 0 }.count == 1)
    let fbank = try Fbank()
    let silence = fbank.logMel([Float](repeating: 0, count: 800))
    #expect(silence.count == 3 * 128)
    #expect(silence.allSatisfy { abs($0 - -15.942385) < 1e-5 })

    let tone = fbank.logMel(Sounds.tone(1000, samples: 400))
    let loudest = tone.indices.max { tone[$0] < tone[$1] } ?? 0
    let bins = filters.firstBin[loudest]..<(filters.firstBin[loudest] + filters.binCount[loudest])
    // 1000 Hz is exactly bin 32 of 31.25 Hz each.
    #expect(bins.contains(32))
  }

  @Test(arguments: [(399, 0), (400, 1), (559, 1), (560, 2), (16000, 98)])
  func frameCount(samples: Int, frames: Int) throws {
    let fbank = try Fbank()
    #expect(fbank.frameCount(samples: samples) == frames)
    #expect(fbank.logMel([Float](repeating: 0.1, count: samples)).count == frames * 128)
  }

  /// Many threads share one plan: each must get what one alone gets.
  @Test func sharedBetweenThreads() throws {
    let fbank = try Fbank()
    let signals = (0..<16).map { Sounds.tone(Double(200 + 100 * $0), samples: 1200) }
    let alone = signals.map { fbank.logMel($0) }
    var together = [[Float]](repeating: [], count: signals.count)
    together.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      Threads.forEach(signals.count) { buffer[$0] = fbank.logMel(signals[$0]) }
    }
    #expect(together == alone)
  }

  @Test func settingsOutOfRange() {
    #expect(
      throws: EngineError.setting(name: "mels", expected: "between 1 and 1024", found: "0")
    ) { try Fbank(melBins: 0) }
    #expect(throws: EngineError.self) { try FeatureSettings(frames: 0).validate() }
    #expect(throws: EngineError.self) { try FeatureSettings(std: 0).validate() }
    #expect(throws: EngineError.self) { try FeatureSettings(mean: .nan).validate() }
  }
}
