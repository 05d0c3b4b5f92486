/// From a sound file to its features: decode, mix to mono, resample, and for a log-mel
/// spectrogram the filter bank, or the cache.
public struct FeatureExtractor: Sendable {
  public let settings: FeatureSettings
  public let cache: FeatureCache
  private let fbank: Fbank

  /// - Throws: `EngineError.setting` for settings out of range.
  public init(_ settings: FeatureSettings, cache: FeatureCache = .none) throws(EngineError) {
    try settings.validate()
    self.settings = settings
    self.cache = cache
    let melBins = settings.kind == .logMel ? settings.melBins : FeatureSettings().melBins
    fbank = try Fbank(sampleRate: settings.sampleRate, melBins: melBins)
  }

  /// The spectrogram of a file, before padding and normalisation. Safe from any thread.
  /// - Throws: `AudioError`, `.tooShort` included: a clip without one whole frame has no
  ///   spectrogram (`ASTFeatureExtractor` fails on it too).
  public func logMel(path: String) throws(AudioError) -> LogMel {
    try logMel(SoundFile(path))
  }

  func logMel(_ file: SoundFile) throws(AudioError) -> LogMel {
    let key = FeatureCache.Key(file.digest, settings: settings)
    if let kept = cache.read(key, melBins: settings.melBins) { return kept }
    let fresh = try logMel(try AudioFile.decode(file.bytes, path: file.path), path: file.path)
    cache.write(fresh, for: key, melBins: settings.melBins)
    return fresh
  }

  /// The spectrogram of a recording; `path` is named in errors.
  /// - Throws: `AudioError.tooShort` or `.resampling`.
  public func logMel(
    _ recording: Recording, path: String = "a recording"
  ) throws(AudioError) -> LogMel {
    try logMel(resampled(recording, path: path), path: path)
  }

  /// The spectrogram of samples at the features' rate.
  /// - Throws: `AudioError.tooShort`
  func logMel(_ waveform: Waveform, path: String) throws(AudioError) -> LogMel {
    let frames = fbank.frameCount(samples: waveform.samples.count)
    if frames == 0 {
      throw .tooShort(
        path: path, samples: waveform.samples.count, needed: fbank.frameLength,
        sampleRate: settings.sampleRate)
    }
    return LogMel(
      values: fbank.logMel(waveform.samples), frames: frames, seconds: waveform.seconds,
      facts: waveform.facts)
  }

  /// Samples in a frame of a spectrogram, and from one to the next.
  var frameLength: Int { fbank.frameLength }
  var frameHop: Int { fbank.hop }

  private func resampled(_ recording: Recording, path: String) throws(AudioError) -> Waveform {
    let mono = try recording.mono(channel: settings.channel, path: path)
    return Waveform(
      samples: try Resampler.resample(
        mono, from: recording.sampleRate, to: settings.sampleRate, path: path),
      seconds: recording.seconds, facts: SoundFacts(recording))
  }

  /// The samples of a file at the features' rate, before they are cut, normalised and padded.
  /// Safe from any thread. Never from the cache, where they would take more room than the
  /// file does.
  /// - Throws: `AudioError`, `.tooShort` included when resampling leaves no sample.
  public func waveform(path: String) throws(AudioError) -> Waveform {
    try waveform(SoundFile(path))
  }

  func waveform(_ file: SoundFile) throws(AudioError) -> Waveform {
    let waveform = try resampled(
      try AudioFile.decode(file.bytes, path: file.path), path: file.path)
    if waveform.samples.isEmpty {
      throw .tooShort(path: file.path, samples: 0, needed: 1, sampleRate: settings.sampleRate)
    }
    return waveform
  }
}
