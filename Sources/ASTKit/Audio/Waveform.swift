/// The samples of one clip at the rate of the features, before they are cut, normalised and
/// padded.
public struct Waveform: Sendable, Equatable {
  public var samples: [Float]
  /// Length of the recording it comes from.
  public var seconds: Double

  public init(samples: [Float], seconds: Double) {
    self.samples = samples
    self.seconds = seconds
  }

  /// `y = (x - mean) · factor` has mean 0 and variance 1, with transformers' 1e-7 added to the
  /// variance, so that silence stays silent.
  static func scale(_ samples: some Collection<Float>) -> (mean: Double, factor: Double) {
    if samples.isEmpty { return (0, 1) }
    let count = Double(samples.count)
    let mean = samples.reduce(0.0) { $0 + Double($1) } / count
    let variance =
      samples.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (mean, 1 / (variance + 1e-7).squareRoot())
  }
}
