/// What a recording is like before it becomes features: what a person looks at first in a new
/// data set.
public struct SoundFacts: Hashable, Sendable {
  /// Frames a second of the file, in Hz.
  public var sampleRate: Int
  /// Samples of one instant.
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
    recording.samples.withUnsafeBufferPointer { samples in
      // Of numbers without a sign the order is that of their bits, of which several are compared
      // at once.
      var bits: UInt32 = 0
      for sample in samples { bits = max(bits, sample.bitPattern & 0x7FFF_FFFF) }
      let peak = Float(bitPattern: bits)
      isSilent = peak < Self.silence
      isClipped = peak >= Self.full && Self.hasRun(samples, max(1, recording.channels))
    }
  }

  /// Whether a channel has three samples at full scale in a row.
  private static func hasRun(_ samples: UnsafeBufferPointer<Float>, _ channels: Int) -> Bool {
    var runs = [Int](repeating: 0, count: channels)
    for (place, sample) in samples.enumerated() {
      let channel = place % channels
      runs[channel] = abs(sample) >= full ? runs[channel] + 1 : 0
      if runs[channel] == 3 { return true }
    }
    return false
  }
}
