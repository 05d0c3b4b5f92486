/// How a recording becomes the input of a model. The defaults are those of
/// `ASTFeatureExtractor` in transformers, with which the published checkpoints were trained.
public struct FeatureSettings: Codable, Hashable, Sendable {
  /// Rate all sound is resampled to, in Hz.
  public var sampleRate = 16000
  /// Mel filters, the width of a spectrogram.
  public var melBins = 128
  /// Frames (10 ms each) every clip is cut or zero-padded to.
  public var frames = 1024
  /// Mean of the log-mel values over AudioSet.
  public var mean = -4.2677393
  /// Their standard deviation; the values are divided by twice this.
  public var std = 4.5689974

  public init(
    sampleRate: Int = 16000, melBins: Int = 128, frames: Int = 1024, mean: Double = -4.2677393,
    std: Double = 4.5689974
  ) {
    self.sampleRate = sampleRate
    self.melBins = melBins
    self.frames = frames
    self.mean = mean
    self.std = std
  }

  /// - Throws: `EngineError.setting` naming the value that makes no sense.
  public func validate() throws(EngineError) {
    func require(
      _ holds: Bool, _ name: String, _ expected: String, _ found: String
    ) throws(EngineError) {
      if !holds { throw .setting(name: name, expected: expected, found: found) }
    }
    try require(
      (1000...192_000).contains(sampleRate), "sampleRate", "1000 to 192000 Hz", "\(sampleRate)")
    try require((1...1024).contains(melBins), "melBins", "1 to 1024", "\(melBins)")
    try require((1...100_000).contains(frames), "frames", "1 to 100000", "\(frames)")
    try require(mean.isFinite, "mean", "a finite number", "\(mean)")
    try require(std.isFinite && std > 0, "std", "above 0", "\(std)")
  }

  /// What a padded frame holds: zero log-mel, normalised like the rest (0.467 by default),
  /// as the checkpoints saw it in training.
  public var padding: Float { normalise(0) }

  /// `(x - mean) / (2 std)` of one log-mel value.
  public func normalise(_ value: Float) -> Float { Float((Double(value) - mean) / (2 * std)) }

  /// Cuts or pads log-mel rows `[rows, melBins]` to `[frames, melBins]`, then normalises.
  public func inputValues(_ logMel: LogMel) -> [Float] {
    let kept = min(logMel.frames, frames)
    let values = logMel.values.prefix(kept * melBins).map(normalise)
    return values + [Float](repeating: padding, count: (frames - kept) * melBins)
  }
}

/// The log-mel spectrogram of one clip before padding and normalisation.
public struct LogMel: Sendable, Equatable {
  /// Row by row `[frames, bins]`, natural logarithm of the filter energies.
  public var values: [Float]
  /// Rows, 10 ms apart.
  public var frames: Int
  /// Length of the recording it comes from.
  public var seconds: Double

  public init(values: [Float], frames: Int, seconds: Double) {
    self.values = values
    self.frames = frames
    self.seconds = seconds
  }
}
