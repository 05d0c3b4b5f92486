/// Cuts and normalises the features of one clip: what training, evaluation and the reference
/// cases see.
///
/// - log-mel: `(x - mean) / (2 std)`
/// - waveforms: `(x - m) / √(v + 1e-7)` with mean m and variance v of the clip's own samples
///   after the cut, where clips are normalised; as they are otherwise
///
/// In double precision; the results are rounded once.
struct FeatureNormalisation {
  private let settings: FeatureSettings

  init(_ settings: FeatureSettings) { self.settings = settings }

  /// One log-mel value.
  func callAsFunction(_ value: Float) -> Float {
    Float((Double(value) - settings.mean) / (2 * settings.std))
  }

  /// What padding holds. Of a spectrogram, zero log-mel normalised like the rest (0.467 by
  /// default), as the checkpoints saw it in training; of a waveform, zero.
  var padding: Float { settings.kind == .logMel ? self(0) : 0 }

  /// Writes the frames of a spectrogram that are kept.
  /// - Parameter target: has room for `settings.shape`.
  /// - Returns: how many there are, each `settings.melBins` wide.
  func write(_ logMel: LogMel, to target: UnsafeMutablePointer<Float>) -> Int {
    let kept = min(logMel.frames, settings.frames)
    logMel.values.withUnsafeBufferPointer { values in
      for i in 0..<(kept * settings.melBins) { target[i] = self(values[i]) }
    }
    return kept
  }

  /// Writes the samples of a waveform that are kept.
  /// - Parameter target: has room for `settings.samples`.
  /// - Returns: how many there are.
  func write(_ waveform: Waveform, to target: UnsafeMutablePointer<Float>) -> Int {
    let samples = waveform.samples.prefix(settings.samples)
    let (mean, factor) = settings.normalisesClips ? Self.scale(samples) : (0, 1)
    for (i, sample) in samples.enumerated() {
      target[i] = Float((Double(sample) - mean) * factor)
    }
    return samples.count
  }

  /// `y = (x - mean) · factor` has mean 0 and variance 1, with transformers' 1e-7 added to the
  /// variance, so that silence stays silent.
  private static func scale(_ samples: ArraySlice<Float>) -> (mean: Double, factor: Double) {
    if samples.isEmpty { return (0, 1) }
    let count = Double(samples.count)
    let mean = samples.reduce(0.0) { $0 + Double($1) } / count
    let variance =
      samples.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (mean, 1 / (variance + 1e-7).squareRoot())
  }
}

extension FeatureSettings {
  /// What padding holds: zero log-mel, normalised, or silence.
  public var padding: Float { FeatureNormalisation(self).padding }

  /// `(x - mean) / (2 std)` of one log-mel value.
  public func normalise(_ value: Float) -> Float { FeatureNormalisation(self)(value) }

  /// Cuts or pads log-mel rows `[rows, melBins]` to `[frames, melBins]`, then normalises.
  public func inputValues(_ logMel: LogMel) -> [Float] {
    padded { melBins * $0.write(logMel, to: $1) }
  }

  /// Cuts a waveform to `samples`, normalises what is left of it, then pads it with zeros.
  public func inputValues(_ waveform: Waveform) -> [Float] {
    padded { $0.write(waveform, to: $1) }
  }

  /// - Parameter write: returns how many floats it has written.
  private func padded(
    _ write: (FeatureNormalisation, UnsafeMutablePointer<Float>) -> Int
  ) -> [Float] {
    let normalisation = FeatureNormalisation(self)
    var values = [Float](repeating: normalisation.padding, count: shape.reduce(1, *))
    values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { _ = write(normalisation, base) }
    }
    return values
  }
}
