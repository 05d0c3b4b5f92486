/// Checks that a sound file reaches the end its own container promises.
///
/// libsndfile shortens what a WAV or AIFF header says to what is there and takes the last Ogg
/// page it finds for the last one, both without a word: a file cut in half would pass as a
/// shorter recording. So the lengths are compared here. Formats without such a promise up
/// front (FLAC, MP3, …) are left to the frame count, which `AudioFile` compares.
enum ContainerEnd {
  /// - Throws: `AudioError.truncated` or `.noEnd`.
  static func check(_ bytes: [UInt8], path: String) throws(AudioError) {
    if starts(bytes, "RIFF", at: 0), starts(bytes, "WAVE", at: 8) {
      try checkChunks(bytes, path: path, data: "data", bigEndian: false)
    } else if starts(bytes, "FORM", at: 0),
      starts(bytes, "AIFF", at: 8) || starts(bytes, "AIFC", at: 8)
    {
      try checkChunks(bytes, path: path, data: "SSND", bigEndian: true)
    } else if starts(bytes, "OggS", at: 0) {
      try checkOggPages(bytes, path: path)
    }
  }

  /// Whether the first frame of an MP3 is an index ("Xing" or "Info") that counts the others.
  /// Without one its length is only libsndfile's estimate.
  static func hasFrameIndex(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    if bytes.count >= 10, bytes.starts(with: "ID3".utf8) {
      // Tags before the sound: their length in four times seven bits.
      start = 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    }
    // The index lies behind at most 4 bytes of header, 2 of checksum and 32 of side information.
    let end = min(bytes.count, start + 64)
    guard start + 4 <= end else { return false }
    return (start...(end - 4)).contains { at in
      ["Xing", "Info"].contains { bytes[at..<(at + 4)].elementsEqual($0.utf8) }
    }
  }

  /// Walks the chunks (four letters, a 32-bit length, contents padded to an even length) up
  /// to the one with the samples.
  private static func checkChunks(
    _ bytes: [UInt8], path: String, data: String, bigEndian: Bool
  ) throws(AudioError) {
    var at = 12
    while at + 8 <= bytes.count {
      let size = number(bytes, at: at + 4, bigEndian: bigEndian)
      let available = bytes.count - at - 8
      if starts(bytes, data, at: at) {
        // Programs that write to a pipe leave the length at its maximum: it promises nothing.
        let unknown = size >= 0x7FFF_F000
        if size > available, !unknown {
          throw .truncated(path: path, unit: "bytes of samples", expected: size, found: available)
        }
        return
      }
      at += 8 + size + (size & 1)
    }
  }

  /// Walks the pages: each says how long it is. The mark on the last one is not asked for:
  /// many encoders leave it out (a third of the files in klettres-data), so a file cut exactly
  /// between two pages passes as a shorter recording.
  private static func checkOggPages(_ bytes: [UInt8], path: String) throws(AudioError) {
    var at = 0
    var ended = false
    while at < bytes.count {
      guard starts(bytes, "OggS", at: at) else {
        // Tags that other programs append after the end do no harm.
        if ended { return }
        throw .noEnd(path: path, reason: "no Ogg page at byte \(at) of \(bytes.count)")
      }
      guard at + 27 <= bytes.count, at + 27 + Int(bytes[at + 26]) <= bytes.count else {
        throw .noEnd(path: path, reason: "the file ends inside the header of an Ogg page")
      }
      let segments = Int(bytes[at + 26])
      let body = bytes[(at + 27)..<(at + 27 + segments)].reduce(0) { $0 + Int($1) }
      let end = at + 27 + segments + body
      guard end <= bytes.count else {
        throw .noEnd(
          path: path,
          reason: "its last Ogg page needs \(end) bytes, the file has \(bytes.count)")
      }
      ended = bytes[at + 5] & 4 != 0
      at = end
    }
  }

  private static func starts(_ bytes: [UInt8], _ letters: String, at: Int) -> Bool {
    at + letters.utf8.count <= bytes.count
      && zip(bytes[at...], letters.utf8).allSatisfy { $0 == $1 }
  }

  private static func number(_ bytes: [UInt8], at: Int, bigEndian: Bool) -> Int {
    let four = bytes[at..<(at + 4)]
    let value = four.reduce(UInt32(0)) { ($0 << 8) | UInt32($1) }
    return Int(bigEndian ? value : value.byteSwapped)
  }
}
