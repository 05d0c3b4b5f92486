/// The samples of one clip at the rate of the features, before they are cut, normalised and
/// padded.
public struct Waveform: Sendable, Equatable {
  /// Nominally in [-1, 1], one channel.
  public var samples: [Float]
  /// Length of the recording it comes from.
  public var seconds: Double

  /// What the recording was like; `nil` where that is not known.
  public var facts: SoundFacts?

  /// - Parameter seconds: length of the recording, which a cut of the samples does not change.
  public init(samples: [Float], seconds: Double, facts: SoundFacts? = nil) {
    self.samples = samples
    self.seconds = seconds
    self.facts = facts
  }
}
