/// Reads sound files: every format libsndfile knows (WAV, FLAC, Ogg Vorbis, Opus, AIFF, AU,
/// CAF, …) and MPEG audio such as MP3.
///
/// Nothing of a file is left out in silence. What its headers promise is compared with what is
/// there, and what follows a first stream is read, too, or refused.
public enum AudioFile {
  /// Sampling rates taken for real, in Hz. A header with 1 Hz would ask for 16,000 times the
  /// file's memory.
  public static let sampleRates = 1000...1_536_000

  /// Numbers of channels taken for real: what libsndfile takes.
  public static let channels = 1...1024

  /// Samples of a file, all channels counted, that are taken at most: 25 minutes in stereo at
  /// 44.1 kHz. A few hundred kilobytes of silence can decode to gigabytes.
  public static let mostSamples = 1 << 27

  /// Endings (lower case, without the point) that mark a sound file in a folder: those of the
  /// formats libsndfile tells by their first bytes, but for a few rare ones whose endings
  /// mostly mean something else (`.mat`, `.sf`, `.xi`).
  public static let extensions: Set<String> = [
    "wav", "wave", "bwf", "w64", "rf64", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff",
    "aifc", "au", "snd", "caf", "sph", "nist", "voc",
  ]

  /// Decodes a whole file.
  /// - Parameter channel: the number of the one channel to take, from 1 on; `nil` takes all.
  /// - Throws: `AudioError`, naming the file and what is wrong with it. A file that ends
  ///   before its header says is an error, not a shorter recording.
  public static func read(_ path: String, channel: Int? = nil) throws(AudioError) -> Recording {
    try decode(try FileBytes.sound(path), path: path, channel: channel)
  }

  /// Decodes the bytes of the file at `path` (used for the messages only).
  static func decode(
    _ bytes: [UInt8], path: String, channel: Int? = nil, mostSamples: Int = mostSamples
  ) throws(AudioError) -> Recording {
    let reader = try SoundReader(SoundBytes(bytes), path: path, mostSamples: mostSamples)
    let mixer = ChannelMixer(channel: channel, path: path)
    try mixer.check(reader.channels)
    var streams: [Recording] = []
    // The stream that is being decoded is not in the list, where every addition would be a copy.
    var present = Recording(samples: [], channels: 0, sampleRate: reader.sampleRate)
    var stream = 0
    while true {
      let piece = try reader.next()
      if piece.isEmpty { break }
      if reader.stream != stream {
        if present.channels > 0 { streams.append(present) }
        present = Recording(samples: [], channels: 0, sampleRate: reader.sampleRate)
        stream = reader.stream
      }
      if present.channels == 0 {
        present.channels = channel == nil ? reader.channels : 1
        present.samples.reserveCapacity(reader.room / reader.channels * present.channels)
      }
      present.samples += try channel == nil ? piece : mixer.mono(piece, channels: reader.channels)
    }
    return try Recording.joined(streams + [present], path: path)
  }
}
