/// Makes one channel of the pieces of a recording.
struct ChannelMixer {
  /// The number of the channel to take, from 1 on; `nil` for the mean of all.
  let channel: Int?
  /// The file's name, for errors.
  let path: String

  /// - Throws: `AudioError.noChannel` if a stream of this many channels has not the one asked
  ///   for.
  func check(_ channels: Int) throws(AudioError) {
    guard let channel, !(1...max(1, channels)).contains(channel) else { return }
    throw .noChannel(path: path, asked: channel, channels: channels)
  }

  /// `samples`, interleaved, as one channel.
  /// - Throws: `AudioError.noChannel`.
  func mono(_ samples: [Float], channels: Int) throws(AudioError) -> [Float] {
    // The rate plays no part here.
    try Recording(samples: samples, channels: channels, sampleRate: 1)
      .mono(channel: channel, path: path)
  }
}
