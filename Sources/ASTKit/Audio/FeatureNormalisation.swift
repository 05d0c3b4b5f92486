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

  /// Rows of a spectrogram that are kept, frames.
  func rows(of logMel: LogMel) -> Int { rows(logMel.frames, of: settings.frames) }

  /// Rows of a waveform that are kept, samples.
  func rows(of waveform: Waveform) -> Int { rows(waveform.samples.count, of: settings.samples) }

  /// A clip in the middle has padding before it, which is kept like sound.
  private func rows(_ count: Int, of whole: Int) -> Int {
    settings.short == .center ? whole : min(count, whole)
  }

  /// Writes the frames of a spectrogram that are kept.
  /// - Parameter target: has room for `rows`, each `settings.melBins` wide.
  func write(_ logMel: LogMel, to target: UnsafeMutablePointer<Float>) {
    let bins = settings.melBins
    let kept = min(logMel.frames, settings.frames)
    let sound = place(kept * bins, of: rows(of: logMel) * bins, row: bins, in: target)
    logMel.values.withUnsafeBufferPointer { values in
      for i in 0..<(kept * bins) { sound[i] = self(values[i]) }
    }
  }

  /// Writes the samples of a waveform that are kept.
  /// - Parameter target: has room for `rows`.
  func write(_ waveform: Waveform, to target: UnsafeMutablePointer<Float>) {
    let samples = waveform.samples.prefix(settings.samples)
    let sound = place(samples.count, of: rows(of: waveform), row: 1, in: target)
    let (mean, factor) = settings.normalisesClips ? Self.scale(samples) : (0, 1)
    for (i, sample) in samples.enumerated() {
      sound[i] = Float((Double(sample) - mean) * factor)
    }
  }

  /// Where `count` numbers go in a block of `whole`: at its start, or in the middle with padding
  /// around them.
  private func place(
    _ count: Int, of whole: Int, row: Int, in target: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    guard count < whole else { return target }
    target.update(repeating: padding, count: whole)
    return target + (whole - count) / row / 2 * row
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
    padded { $0.write(logMel, to: $1) }
  }

  /// Cuts a waveform to `samples`, normalises what is left of it, then pads it with zeros.
  public func inputValues(_ waveform: Waveform) -> [Float] {
    padded { $0.write(waveform, to: $1) }
  }

  private func padded(
    _ write: (FeatureNormalisation, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let normalisation = FeatureNormalisation(self)
    var values = [Float](repeating: normalisation.padding, count: shape.reduce(1, *))
    values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { write(normalisation, base) }
    }
    return values
  }
}
