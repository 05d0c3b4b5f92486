import ASTKit
import TestSupport
import Testing

/// The whole way from a file to its spectrogram.
struct FeatureExtractorTests {
  @Test func stereoAt96kHzGivesTheFeaturesOfTheSameSoundAt16() throws {
    let folder = try TemporaryFolder()
    let high = Sounds.tone(440, samples: 48000, rate: 96000)
    // One channel louder, one softer: their mean is the tone.
    let stereo = high.flatMap { [$0 * 1.5, $0 * 0.5] }
    let path = try folder.write("a.wav", Sounds.wav(stereo, channels: 2, rate: 96000))
    let extractor = try FeatureExtractor(FeatureSettings())
    let found = try extractor.logMel(path: path)
    #expect(found.frames == 48)
    #expect(found.seconds == 0.5)

    let direct = Recording(
      samples: Sounds.tone(440, samples: 8000), channels: 1, sampleRate: 16000)
    let expected = try extractor.logMel(direct)
    // Where there is sound; the noise of resampling is 100 dB below.
    let middle = 10 * 128..<38 * 128
    for i in middle where expected.values[i] > 0 {
      #expect(abs(found.values[i] - expected.values[i]) < 0.01)
    }
  }

  @Test func clipShorterThanAFrameIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.wav", Sounds.wav(Sounds.tone(440, samples: 399)))
    let error = AudioError.tooShort(path: path, samples: 399, needed: 400, sampleRate: 16000)
    #expect(throws: error) { try FeatureExtractor(FeatureSettings()).logMel(path: path) }
    #expect(
      error.message == "'\(path)': too short: 399 samples at 16000 Hz, one frame needs 400")
  }

  @Test func paddingIsNormalisedLikeTheRest() {
    let settings = FeatureSettings(melBins: 2, frames: 3)
    let input = settings.inputValues(LogMel(values: [0, -4.2677393], frames: 1, seconds: 0))
    #expect(input.count == 6)
    #expect(abs(input[0] - 0.46703297) < 1e-6)
    #expect(abs(input[1]) < 1e-8)
    #expect(input[2...].allSatisfy { $0 == input[0] })
    let cut = FeatureSettings(melBins: 1, frames: 1, mean: 1, std: 2)
    #expect(cut.inputValues(LogMel(values: [5, 9], frames: 2, seconds: 0)) == [1])
  }
}
