/// What a file is by its first bytes, behind the ID3 tags that may stand before any of them.
enum SoundFormat: Equatable {
  /// RIFF, RIFX, RF64, BW64, W64, AIFF, CAF, SVX: chunks with letters and a length.
  case chunks(ChunkLayout)
  /// Ogg pages, whatever is in them.
  case ogg
  /// Native FLAC.
  case flac
  /// MPEG audio: MP3, or its layers I and II.
  case mpeg
  /// A format of one header and samples to its end, by its name.
  case plain(HeaderLayout)
  /// A sound format that no library here decodes.
  case foreign(String)
  /// Nothing known.
  case unknown

  init(_ bytes: SoundBytes) {
    if bytes.has("OggS") {
      self = .ogg
    } else if bytes.has("fLaC") {
      self = .flac
    } else if let layout = ChunkLayout.all.first(where: { $0.matches(bytes) }) {
      self = .chunks(layout)
    } else if let name = FileSniffer.foreignSound(bytes) {
      self = .foreign(name)
    } else if let layout = HeaderLayout.all.first(where: { $0.matches(bytes) }) {
      self = .plain(layout)
    } else if MPEGStream.starts(bytes.drop { $0 == 0 }) {
      self = .mpeg
    } else {
      self = .unknown
    }
  }

  /// The format's name in messages.
  var name: String {
    switch self {
    case .chunks(let layout): layout.name
    case .ogg: "Ogg"
    case .flac: "FLAC"
    case .mpeg: "MP3"
    case .plain(let layout): layout.name
    case .foreign(let name): name
    case .unknown: "a file of no known format"
    }
  }
}
