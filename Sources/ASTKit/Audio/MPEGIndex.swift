/// The index that many encoders put into an otherwise silent first frame ("Xing", "Info" or
/// "VBRI"): how many frames follow, and with LAME's addition how many of the samples at both
/// ends are the encoder's own.
struct MPEGIndex: Equatable {
  /// Frames behind the index; `nil` if it does not say.
  var frames: Int?
  /// Bytes of the stream, the index counted; `nil` if it does not say.
  var bytes: Int?
  /// Samples of each channel that the encoder added before and behind the sound.
  var delay = 0, padding = 0
  /// Whether libmpg123 knows this kind, and takes those samples away.
  var isXing: Bool

  /// The index in a frame; `nil` for a frame of sound.
  init?(_ frame: SoundBytes, _ header: MPEGHeader) {
    guard header.layer == 3 else { return nil }
    if frame.has("VBRI", at: 36) {
      isXing = false
      bytes = frame.int(46, bigEndian: true)
      frames = frame.int(50, bigEndian: true)
      return
    }
    // Some encoders leave room for a checksum that they do not announce.
    let offsets = [header.sideInfoEnd, header.sideInfoEnd + 2, header.sideInfoEnd - 2]
    guard let at = offsets.first(where: { frame.has("Xing", at: $0) || frame.has("Info", at: $0) }),
      let flags = frame.int(at + 4, bigEndian: true)
    else { return nil }
    isXing = true
    var next = at + 8
    func field(_ bit: Int, _ size: Int) -> Int? {
      guard flags & bit != 0 else { return nil }
      defer { next += size }
      return frame.int(next, bigEndian: true)
    }
    frames = field(1, 4)
    bytes = field(2, 4)
    _ = field(4, 100)
    _ = field(8, 4)
    if let both = frame.int(next + 21, bytes: 3, bigEndian: true), frame.byte(next) != 0 {
      (delay, padding) = (both >> 12, both & 0xFFF)
    }
    // As in other headers, 0 means that nobody came back to fill it in.
    if frames == 0 { frames = nil }
    if bytes == 0 { bytes = nil }
  }
}
