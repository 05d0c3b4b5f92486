import TestSupport
import Testing

@testable import ASTKit

/// What the reference cases check of a clip is what a data set gives to training, bit for bit.
struct FeatureNormalisationTests {
  private func stored(
    _ settings: FeatureSettings, _ fill: (FeatureStore) -> Void
  ) throws -> [Float] {
    let store = try FeatureStore(clips: 2, settings: settings)
    fill(store)
    var values = [Float](repeating: .nan, count: settings.shape.reduce(1, *))
    values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { store.copy(1, to: base) }
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
      #expect(try stored(settings) { $0.fill(1, with: logMel) } == values)
      for (value, x) in zip(values, logMel.values) {
        #expect(abs(Double(value) - (Double(x) - settings.mean) / (2 * settings.std)) < 1e-6)
      }
      #expect(values.dropFirst(7 * frames).allSatisfy { $0 == settings.padding })
    }
  }

  @Test(arguments: [0, 1, 3, 5, 8]) func waveforms(_ samples: Int) throws {
    for isNormalised in [true, false] {
      let settings = FeatureSettings.waveform(
        seconds: 0.005, sampleRate: 1000, normalisesClips: isNormalised)
      let waveform = Waveform(samples: numbers(samples), seconds: 1)
      let values = settings.inputValues(waveform)
      #expect(try stored(settings) { $0.fill(1, with: waveform) } == values)
      #expect(values.count == 5 && values.dropFirst(samples).allSatisfy { $0 == 0 })
    }
  }
}
