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
}
