/// A decoded sound: interleaved samples, nominally in [-1, 1], at the file's own rate.
public struct Recording: Sendable, Equatable {
  /// `frames * channels` samples, the channels of one instant side by side.
  public var samples: [Float]
  /// Samples of one instant.
  public var channels: Int
  /// Frames a second, in Hz.
  public var sampleRate: Int

  /// - Parameters:
  ///   - samples: interleaved, nominally in [-1, 1].
  ///   - sampleRate: frames a second, in Hz.
  public init(samples: [Float], channels: Int, sampleRate: Int) {
    self.samples = samples
    self.channels = channels
    self.sampleRate = sampleRate
  }

  /// Instants in time.
  public var frames: Int { channels > 0 ? samples.count / channels : 0 }
  /// Length in seconds.
  public var seconds: Double { sampleRate > 0 ? Double(frames) / Double(sampleRate) : 0 }

  /// The mean of the channels: `frames` samples.
  public func mono() -> [Float] {
    if channels == 1 { return samples }
    let scale = 1 / Float(channels)
    return [Float](unsafeUninitializedCapacity: frames) { output, count in
      samples.withUnsafeBufferPointer { samples in
        for frame in 0..<frames {
          var sum: Float = 0
          for at in (frame * channels)..<((frame + 1) * channels) { sum += samples[at] }
          output[frame] = sum * scale
        }
      }
      count = frames
    }
  }

  /// One channel of several: `frames` samples.
  /// - Parameters:
  ///   - channel: its number, from 1 on; `nil` gives the mean of all, as `mono()`.
  ///   - path: named in errors.
  /// - Throws: `AudioError.noChannel` if there is none of this number.
  public func mono(
    channel: Int?, path: String = "a recording"
  ) throws(AudioError) -> [Float] {
    guard let channel else { return mono() }
    guard channel >= 1, channel <= channels else {
      throw .noChannel(path: path, asked: channel, channels: channels)
    }
    if channels == 1 { return samples }
    return (0..<frames).map { samples[$0 * channels + channel - 1] }
  }

  /// The recordings of a file that holds several, one after the other; mixed to one channel if
  /// they have not all the same.
  /// - Throws: `AudioError.mixed` if they have not all the same rate.
  static func joined(_ parts: [Recording], path: String) throws(AudioError) -> Recording {
    guard let first = parts.first else { throw .noSamples(path: path) }
    if parts.count == 1 { return first }
    if let other = parts.first(where: { $0.sampleRate != first.sampleRate }) {
      throw .mixed(path: path, first: first.sampleRate, then: other.sampleRate)
    }
    let isAlike = parts.allSatisfy { $0.channels == first.channels }
    return Recording(
      samples: parts.flatMap { isAlike ? $0.samples : $0.mono() },
      channels: isAlike ? first.channels : 1, sampleRate: first.sampleRate)
  }
}
