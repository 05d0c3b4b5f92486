/// Decodes a file piece by piece, mixed to one channel and resampled, in memory that does not
/// grow with the file.
///
/// The pieces together are, to the bit, what `Resampler.resample` makes of the whole recording's
/// `mono()`, and what the whole file is refused for is an error here, at the beginning or at the
/// piece where it shows. Only its length has no limit. Not safe from several threads at once.
package final class SoundStream {
  /// Samples a piece has at least, but for the last ones; hardly more when the rate becomes
  /// lower.
  package static let limit = 1 << 14

  /// Frames a second of the file, in Hz.
  package let sourceRate: Int
  /// Channels of the file's first stream.
  package let channels: Int
  private let path: String
  private let file: OpenFile
  private let reader: SoundReader
  private let mixer: ChannelMixer
  private let resampler: StreamResampler
  private var isAtEnd = false
  /// What stopped it, for whoever asks again.
  private var failure: AudioError?

  /// Opens a file and looks at its headers.
  /// - Parameters:
  ///   - sampleRate: of the samples to give, in Hz.
  ///   - channel: the number of the one channel to take, from 1 on; `nil` takes the mean of
  ///     all.
  /// - Throws: `AudioError`, naming the file and what is wrong with it; `.noChannel` if it has
  ///   fewer channels.
  package init(
    _ path: String, sampleRate: Int, channel: Int? = nil
  ) throws(AudioError) {
    self.path = path
    let file = try OpenFile(path)
    do throws(AudioError) {
      reader = try SoundReader(
        SoundBytes(file), path: path, mostSamples: Self.mostSamples(bytes: file.count))
    } catch {
      // A file that somebody writes looks damaged, but is only unfinished.
      try file.check()
      throw error
    }
    self.file = file
    (sourceRate, channels) = (reader.sampleRate, reader.channels)
    mixer = ChannelMixer(channel: channel, path: path)
    try mixer.check(channels)
    resampler = try StreamResampler(from: sourceRate, to: sampleRate, path: path)
  }

  /// Samples that a file of this many bytes may hold, all channels counted. A header, or a few
  /// damaged bytes, may claim hours of silence that nobody wrote; no coding puts as many as
  /// 2^16 samples into a byte, and what is taken of clips is taken of all files.
  private static func mostSamples(bytes: Int) -> Int {
    max(AudioFile.mostSamples, min(1 << 40, min(bytes, 1 << 24) << 16))
  }

  /// Length of what has been decoded, in seconds: of the whole file after the last samples.
  package var seconds: Double { Double(reader.frames) / Double(sourceRate) }

  /// The next samples at the rate asked for, nominally in [-1, 1]; none at the end.
  /// - Throws: `AudioError`, and the same one from then on.
  package func next() throws(AudioError) -> [Float] {
    if let failure { throw failure }
    do throws(AudioError) {
      return try piece()
    } catch {
      var first = error
      do throws(AudioError) { try file.check() } catch { first = error }
      failure = first
      throw first
    }
  }

  private func piece() throws(AudioError) -> [Float] {
    var output: [Float] = []
    while !isAtEnd, output.count < Self.limit {
      let samples = try reader.next()
      if samples.isEmpty {
        try file.check()
        isAtEnd = true
        try resampler.finish(into: &output)
      } else {
        try resampler.add(try mixer.mono(samples, channels: reader.channels), into: &output)
      }
    }
    return output
  }
}
