import Foundation
import TestSupport
import Testing

@testable import ASTKit

/// Waveforms are prepared as `Wav2Vec2FeatureExtractor` does it, and settings survive a file.
struct WaveformTests {
  /// Numbers of transformers 4.28.1:
  /// ```python
  /// f = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
  /// f(x, sampling_rate=16000, padding="max_length", max_length=n, truncation=True)
  /// ```
  @Test(arguments: [3, 5, 8])
  func inputValuesAreThoseOfTransformers(_ length: Int) {
    let clip = Waveform(samples: [0.5, -0.25, 0.125, 0.75, -1], seconds: 1)
    let whole: [Float] = [0.77309895, -0.44758362, 0.16275768, 1.1799932, -1.6682662]
    let expected: [Float] =
      length == 3 ? [1.2247442, -1.2247442, 0] : whole + [0, 0, 0].prefix(length - 5)
    let settings = FeatureSettings.waveform(seconds: Double(length) / 1000, sampleRate: 1000)
    #expect(settings.shape == [length])
    let found = settings.inputValues(clip)
    #expect(found.count == length)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-6) }
    let plain = FeatureSettings.waveform(
      seconds: Double(length) / 1000, sampleRate: 1000, normalisesClips: false)
    #expect(plain.inputValues(clip).prefix(5) == clip.samples.prefix(length))
  }

  @Test func silenceStaysSilent() {
    let settings = FeatureSettings.waveform(seconds: 0.004, sampleRate: 1000)
    #expect(settings.inputValues(Waveform(samples: [0, 0], seconds: 1)) == [0, 0, 0, 0])
  }

  @Test func settingsSurviveAFile() throws {
    for settings in [
      FeatureSettings(melBins: 64, frames: 128, mean: 1, std: 2),
      .waveform(seconds: 2.5, sampleRate: 8000, normalisesClips: false),
    ] {
      let data = try JSONEncoder().encode(settings)
      #expect(try JSONDecoder().decode(FeatureSettings.self, from: data) == settings)
    }
    let data = Data(#"{"frames": 100}"#.utf8)
    let old = try JSONDecoder().decode(FeatureSettings.self, from: data)
    #expect(old == FeatureSettings(frames: 100))
  }

  @Test(arguments: [0, -1, .nan, .infinity, 1e9])
  func lengthsOutOfRangeAreRefused(_ seconds: Double) {
    #expect(throws: EngineError.self) {
      try FeatureSettings.waveform(seconds: seconds).validate()
    }
  }

  @Test func resamplesTheFile() throws {
    let folder = try TemporaryFolder()
    let tone = Sounds.tone(440, samples: 4410, rate: 44_100)
    let path = try folder.write("a.wav", Sounds.wav(tone, rate: 44_100))
    let cache = FeatureCache(folder: folder.file("cache"))
    let extractor = try FeatureExtractor(.waveform(seconds: 1), cache: cache)
    let waveform = try extractor.waveform(path: path)
    #expect(waveform.samples.count == 1600)
    #expect(waveform.seconds == 0.1)
    let expected = Sounds.tone(440, samples: 1600)
    for i in 200..<1400 { #expect(abs(waveform.samples[i] - expected[i]) < 1e-3) }
    #expect(!FileManager.default.fileExists(atPath: folder.file("cache")))
  }
}
