/// What a recording is like before it becomes features: what a person looks at first in a new
/// data set.
public struct SoundFacts: Hashable, Sendable {
  /// Frames a second of the file, in Hz.
  public var sampleRate: Int
  public var channels: Int
  /// Whether no sample is above -80 dB of full scale.
  public var isSilent = false
  /// Whether three samples of a channel in a row are at full scale: a microphone or a converter had
  /// no room for more.
  public var isClipped = false

  /// Below this everything is silence.
  static let silence: Float = 1e-4
  private static let full: Float = 0.999

  init(sampleRate: Int, channels: Int, isSilent: Bool = false, isClipped: Bool = false) {
    (self.sampleRate, self.channels) = (sampleRate, channels)
    (self.isSilent, self.isClipped) = (isSilent, isClipped)
  }

  init(_ recording: Recording) {
    self.init(sampleRate: recording.sampleRate, channels: recording.channels)
    var peak: Float = 0
    let channels = max(1, recording.channels)
    var runs = [Int](repeating: 0, count: channels)
    recording.samples.withUnsafeBufferPointer { samples in
      for i in samples.indices {
        let size = abs(samples[i])
        if size > peak { peak = size }
        // Few samples are that loud: the channel is worked out for those alone.
        guard size >= Self.full else { continue }
        let isNext = i >= channels && abs(samples[i - channels]) >= Self.full
        runs[i % channels] = isNext ? runs[i % channels] + 1 : 1
        if runs[i % channels] == 3 { isClipped = true }
      }
    }
    isSilent = peak < Self.silence
  }
}
