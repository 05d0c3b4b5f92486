/// Says what a file seems to be that petl does not decode, to help a person see the mistake.
enum FileSniffer {
  /// Sound, or sound with pictures, of formats that neither libsndfile nor libmpg123 decodes
  /// here. Other programs convert them.
  private static let sounds: [(letters: [UInt8], at: Int, name: String)] = [
    (Array("ftyp".utf8), 4, "MP4 or M4A"), (Array("moov".utf8), 4, "QuickTime"),
    ([0x1A, 0x45, 0xDF, 0xA3], 0, "Matroska or WebM"),
    ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], 0, "Windows Media (WMA)"),
    (Array("#!AMR".utf8), 0, "AMR"), (Array("wvpk".utf8), 0, "WavPack"),
    (Array("MAC ".utf8), 0, "Monkey's Audio"), (Array("TTA1".utf8), 0, "True Audio (TTA)"),
    (Array("MPCK".utf8), 0, "Musepack"), (Array("MP+".utf8), 0, "Musepack"),
    (Array("DSD ".utf8), 0, "DSD (DSF)"), (Array("FRM8".utf8), 0, "DSD (DFF)"),
    (Array("ajkg".utf8), 0, "Shorten"), (Array("ADIF".utf8), 0, "AAC"),
    (Array("AVI ".utf8), 8, "AVI"), (Array("MThd".utf8), 0, "MIDI"),
    (Array(".RMF".utf8), 0, "RealMedia"), ([0x2E, 0x72, 0x61, 0xFD], 0, "RealAudio"),
    (Array("FLV\u{1}".utf8), 0, "Flash video"), (Array("LM89".utf8), 0, "Yamaha TX-16"),
    (Array("DiamondWare ".utf8), 0, "DiamondWare"), (Array("REX2".utf8), 8, "REX2"),
    ([0x0B, 0x77], 0, "AC-3"), ([0x7F, 0xFE, 0x80, 0x01], 0, "DTS"),
    // libsndfile could, but reports on standard output what is wrong with them.
    ([0xF0, 0x7E], 0, "MIDI Sample Dump (SDS)"),
  ]

  private static let others: [(letters: [UInt8], name: String)] = [
    (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer, not the file itself"),
    ([0x50, 0x4B, 3, 4], "a zip archive"), ([0x1F, 0x8B], "a gzip archive"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
    (Array("%PDF".utf8), "a PDF document"), (Array("MATLAB ".utf8), "a MATLAB file"),
  ]

  /// The name of a sound format that is not decoded here.
  static func foreignSound(_ bytes: SoundBytes) -> String? {
    // AAC's frames have MPEG audio's mark with layer 0, which no MPEG audio has.
    if let first = bytes.byte(0), let second = bytes.byte(1), first == 0xFF, second & 0xF6 == 0xF0 {
      return "AAC"
    }
    return sounds.first { bytes.has($0.letters, at: $0.at) }?.name
  }

  /// A few words such as "text", or `nil`.
  static func guess(_ bytes: SoundBytes) -> String? {
    if let other = others.first(where: { bytes.has($0.letters) }) { return other.name }
    let head = bytes.prefix(512)
    let isText = !head.isEmpty && head.allSatisfy { $0 >= 32 || (9...13).contains($0) }
    return isText ? "text" : nil
  }
}
