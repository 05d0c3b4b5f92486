import TestSupport
import Testing

@testable import ASTKit

/// What the reference cases check of a clip is what a data set gives to training, bit for bit.
struct FeatureNormalisationTests {
  private func stored(
    _ settings: FeatureSettings, budget: Int = .max, _ add: (FeatureStore) throws -> Int
  ) throws -> [Float] {
    let folder = try TemporaryFolder()
    let store = FeatureStore(settings: settings, budget: budget, folder: folder.path)
    let slot = try add(store)
    #expect((budget < 0 ? store.usage.memory : store.usage.file) == 0)
    var values = [Float](repeating: .nan, count: settings.shape.reduce(1, *))
    values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { try? store.copy(slot, to: base) }
    }
    return values
  }

  private func numbers(_ count: Int) -> [Float] {
    DoubleTensor.random([count], seed: 7).tensor.values.map { 9 * $0 - 4 }
  }

  @Test(arguments: [0, 1, 3, 5, 8]) func logMelValues(_ frames: Int) throws {
    for settings in [
      FeatureSettings(melBins: 7, frames: 5),
      FeatureSettings(melBins: 7, frames: 5, mean: -6.9, std: 3.3),
    ] {
      let logMel = LogMel(values: numbers(7 * frames), frames: frames, seconds: 1)
      let values = settings.inputValues(logMel)
      // In memory and in the file.
      for budget in [Int.max, -1] {
        #expect(try stored(settings, budget: budget) { try $0.add(logMel) } == values)
      }
      for (value, x) in zip(values, logMel.values) {
        #expect(abs(Double(value) - (Double(x) - settings.mean) / (2 * settings.std)) < 1e-6)
      }
      #expect(values.dropFirst(7 * frames).allSatisfy { $0 == settings.padding })
    }
  }

  @Test("A short clip in the middle has padding around it, a long one is cut as ever")
  func centred() throws {
    var settings = FeatureSettings(melBins: 2, frames: 5)
    settings.short = .center
    let two = LogMel(values: numbers(4), frames: 2, seconds: 1)
    let values = try stored(settings) { try $0.add(two) }
    #expect(values == settings.inputValues(two))
    #expect(
      values == [settings.padding, settings.padding] + two.values.map(settings.normalise)
        + [Float](repeating: settings.padding, count: 4))
    let seven = LogMel(values: numbers(14), frames: 7, seconds: 1)
    #expect(
      try stored(settings) { try $0.add(seven) } == seven.values.prefix(10).map(settings.normalise))
  }

  @Test(arguments: [0, 1, 3, 5, 8]) func waveforms(_ samples: Int) throws {
    for isNormalised in [true, false] {
      let settings = FeatureSettings.waveform(
        seconds: 0.005, sampleRate: 1000, normalisesClips: isNormalised)
      let waveform = Waveform(samples: numbers(samples), seconds: 1)
      let values = settings.inputValues(waveform)
      // In memory and in the file.
      for budget in [Int.max, -1] {
        #expect(try stored(settings, budget: budget) { try $0.add(waveform) } == values)
      }
      #expect(values.count == 5 && values.dropFirst(samples).allSatisfy { $0 == 0 })
    }
  }
}
