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
  /// - Throws: `AudioError`, naming the file and what is wrong with it. A file that ends
  ///   before its header says is an error, not a shorter recording.
  public static func read(_ path: String) throws(AudioError) -> Recording {
    try decode(try FileBytes.sound(path), path: path)
  }

  /// Decodes the bytes of the file at `path` (used for the messages only).
  static func decode(
    _ bytes: [UInt8], path: String, mostSamples: Int = mostSamples
  ) throws(AudioError) -> Recording {
    if bytes.isEmpty { throw .empty(path: path) }
    var sound = bytes[...]
    while let tag = SoundTags.leading(sound) {
      guard tag < sound.count else {
        throw .noEnd(path: path, reason: "the file ends with the tags before the sound")
      }
      sound = sound.dropFirst(tag)
    }
    let recording = try decode(sound, path, mostSamples)
    // An index can give all samples out for the encoder's own.
    if recording.samples.isEmpty { throw .noSamples(path: path) }
    if let bad = recording.samples.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(path: path, frame: bad / recording.channels)
    }
    return recording
  }

  private static func decode(
    _ bytes: ArraySlice<UInt8>, _ path: String, _ mostSamples: Int
  ) throws(AudioError) -> Recording {
    let format = SoundFormat(bytes)
    let library = SndfileDecoder(path: path, format: format.name, mostSamples: mostSamples)
    switch format {
    case .chunks(let layout):
      let file = try ChunkContainer(bytes, layout, path: path)
      try file.checkFormat(path: path)
      if let coding = file.coding, [0x50, 0x55].contains(coding) {
        let sound = bytes.part(file.claim.start, file.claim.bytes ?? .max)
        return try MPEGDecoder.decode(sound, path: path, mostSamples: mostSamples)
      }
      return try SndfileDecoder(path: path, format: file.description, mostSamples: mostSamples)
        .decode(file.readable(bytes))
    case .plain(let layout):
      try NISTHeader.check(bytes, path: path)
      guard let claim = layout.claim(bytes) else { return try library.decode(bytes) }
      try claim.check(bytes, path: path)
      if layout.name == "VOC", VOCBlocks.areSeveral(bytes) {
        throw .several(path: path, what: "several blocks of sound in a VOC file")
      }
      return try library.decode(claim.mended(bytes))
    case .flac:
      return try FLACFile.decode(bytes, library)
    case .ogg:
      return try OggFile.decode(bytes, library)
    case .mpeg:
      return try MPEGDecoder.decode(bytes, path: path, mostSamples: mostSamples)
    case .foreign(let name):
      throw .unsupported(path: path, format: name)
    case .unknown:
      throw .notAudio(path: path, looksLike: FileSniffer.guess(bytes))
    }
  }
}
