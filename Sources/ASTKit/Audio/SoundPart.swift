/// One stream of a sound file, with what decodes it.
enum SoundPart {
  /// libsndfile reads it; `format` is what it is, for errors.
  case library(SoundBytes, format: String)
  /// As above, and the decoder is not told of a last frame that is cut.
  case flac(SoundBytes)
  /// Frames of MPEG audio.
  case mpeg(MPEGStream.Part)

  /// The streams of a file, whose promises have been compared with what is there.
  /// - Throws: `AudioError`, naming `path`.
  static func all(in bytes: SoundBytes, path: String) throws(AudioError) -> [SoundPart] {
    let format = SoundFormat(bytes)
    switch format {
    case .chunks(let layout):
      let file = try ChunkContainer(bytes, layout, path: path)
      try file.checkFormat(path: path)
      if let coding = file.coding, [0x50, 0x55].contains(coding) {
        return try mpeg(bytes.part(file.claim.start, file.claim.bytes ?? .max), path)
      }
      return [.library(file.readable(bytes), format: file.description)]
    case .plain(let layout):
      try NISTHeader.check(bytes, path: path)
      guard let claim = layout.claim(bytes) else { return [.library(bytes, format: format.name)] }
      try claim.check(bytes, path: path)
      if layout.name == "VOC", VOCBlocks.areSeveral(bytes) {
        throw .several(path: path, what: "several blocks of sound in a VOC file")
      }
      return [.library(claim.mended(bytes), format: format.name)]
    case .flac:
      return FLACFile.streams(bytes).map { .flac($0) }
    case .ogg:
      return try OggFile.streams(bytes, path: path)
    case .mpeg:
      return try mpeg(bytes, path)
    case .foreign(let name):
      throw .unsupported(path: path, format: name)
    case .unknown:
      throw .notAudio(path: path, looksLike: FileSniffer.guess(bytes))
    }
  }

  private static func mpeg(_ bytes: SoundBytes, _ path: String) throws(AudioError) -> [SoundPart] {
    try MPEGStream(bytes, path: path).parts.map { .mpeg($0) }
  }

  /// Begins to decode it.
  /// - Throws: as the decoders' initialisers.
  func decoder(
    path: String, _ allowance: SampleAllowance
  ) throws(AudioError) -> any SoundDecoder {
    switch self {
    case .library(let bytes, let format):
      try SndfileDecoder(bytes, path: path, format: format, allowance)
    case .flac(let bytes): try SndfileDecoder(bytes, path: path, format: "FLAC", allowance)
    case .mpeg(let part): try MPEGDecoder(part, path: path, allowance)
    }
  }

  /// What is left to check behind the last sample.
  /// - Throws: `AudioError.noEnd`.
  func checkEnd(path: String) throws(AudioError) {
    if case .flac(let bytes) = self { try FLACFile.checkEnd(bytes, path: path) }
  }
}
