import ASTKit

/// A container of sound, read as a data set reads it: decoded, mixed, resampled, made features.
package class SoundTarget {
  /// One valid file to make.
  package struct Encoding {
    /// libsndfile's major and minor format, added.
    package var format: Int
    package var frames = 500
    package var channels = 1
    package var rate = 16000
    /// How far a sample may be from what was encoded; `nil` for codecs that also move it.
    package var tolerance: Float? = 1e-3
  }

  private let scratch: Scratch
  private let sounds: SampleSet
  private let encodings: [Encoding]
  private let extractor: FeatureExtractor

  package init(
    _ scratch: Scratch, _ encodings: [Encoding], layout: ([UInt8]) -> Layout,
    repair: @escaping (inout [UInt8]) -> Void = { _ in }
  ) throws {
    self.scratch = scratch
    self.encodings = encodings
    extractor = try FeatureExtractor(FeatureSettings(melBins: 16))
    sounds = SampleSet(
      try encodings.map { encoding in
        let samples = SoundEncoder.samples(
          frames: encoding.frames, channels: encoding.channels, rate: encoding.rate)
        let bytes = try SoundEncoder.encode(
          samples, channels: encoding.channels, rate: encoding.rate, format: encoding.format)
        return SampleSet.Sample(bytes, layout(bytes))
      }, repair: repair)
  }

  package var validCount: Int { sounds.count }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    FuzzInput("sound", sounds.bytes(number, &random))
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let path = try scratch.write("sound", input.files[0].bytes)
    let recording = try StreamedSound.checkedRead(path, rate: extractor.settings.sampleRate)
    guard recording.frames > 0, recording.samples.count % recording.channels == 0,
      AudioFile.sampleRates.contains(recording.sampleRate),
      recording.samples.allSatisfy(\.isFinite)
    else { throw BrokenPromise("a recording that cannot be: \(recording.frames) frames") }
    var hasher = Hasher()
    hasher.combine(recording.channels)
    hasher.combine(recording.sampleRate)
    recording.samples.withUnsafeBytes { hasher.combine(bytes: $0) }
    // Long ones would only make the filter bank sweat.
    if recording.frames < 4000, let features = try features(recording) {
      features.values.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    return hasher.finalize()
  }

  /// The spectrogram; `nil` for a clip shorter than one frame, as well it may be.
  private func features(_ recording: Recording) throws -> LogMel? {
    do {
      return try extractor.logMel(recording)
    } catch {
      if case .tooShort = error { return nil }
      throw error
    }
  }

  package func checkValid() throws {
    for (encoding, sample) in zip(encodings, sounds.samples) {
      let recording = try AudioFile.read(try scratch.write("sound", sample.bytes))
      let format = "format \(String(encoding.format, radix: 16))"
      guard recording.channels == encoding.channels, recording.sampleRate == encoding.rate else {
        throw BrokenPromise("\(format): other channels or another rate")
      }
      guard let tolerance = encoding.tolerance else { continue }
      let expected = SoundEncoder.samples(
        frames: encoding.frames, channels: encoding.channels, rate: encoding.rate)
      guard recording.samples.count >= expected.count,
        zip(recording.samples, expected).allSatisfy({ abs($0 - $1) <= tolerance })
      else { throw BrokenPromise("\(format): other samples than were encoded") }
    }
  }
}
