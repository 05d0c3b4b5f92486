/// The samples of one clip at the rate of the features, before they are cut, normalised and
/// padded.
public struct Waveform: Sendable, Equatable {
  /// Nominally in [-1, 1], one channel.
  public var samples: [Float]
  /// Length of the recording it comes from.
  public var seconds: Double

  /// - Parameter seconds: length of the recording, which a cut of the samples does not change.
  public init(samples: [Float], seconds: Double) {
    self.samples = samples
    self.seconds = seconds
  }
}
