/// FLAC: one stream, or several that were joined.
enum FLACFile {
  /// The streams of a file, without the tags behind it. Each begins with letters and the first
  /// block of metadata, which has a fixed length. Eight bytes that no frame of sound holds by
  /// chance.
  static func streams(_ file: SoundBytes) -> [SoundBytes] {
    let bytes = SoundTags.withoutTrailing(file)
    let mark = (UInt8(ascii: "f"), UInt8(ascii: "L"), UInt8(ascii: "a"), UInt8(ascii: "C"))
    var starts = [0]
    bytes.forEachStretch(of: 1 << 18, overlap: 7) { raw, offset in
      for at in stride(from: offset == 0 ? 1 : 0, to: raw.count - 7, by: 1)
      where raw[at] == mark.0 && raw[at + 1] == mark.1 && raw[at + 2] == mark.2
        && raw[at + 3] == mark.3 && raw[at + 4] & 0x7F == 0 && raw[at + 5] == 0
        && raw[at + 6] == 0 && raw[at + 7] == 34
      {
        starts.append(offset + at)
      }
    }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { bytes.part($0, $1 - $0) }
  }

  /// Looks at the end of a stream whose header does not count the samples, so that the decoder
  /// cannot compare.
  /// - Throws: `AudioError.noEnd` if the last frame is incomplete.
  static func checkEnd(_ stream: SoundBytes, path: String) throws(AudioError) {
    if !knowsLength(stream), !endsWithFrame(stream) {
      throw .noEnd(path: path, reason: "its last FLAC frame is incomplete")
    }
  }

  /// Whether the header gives the number of samples (36 bits).
  private static func knowsLength(_ stream: SoundBytes) -> Bool {
    (stream.number(21, bytes: 5, bigEndian: true) ?? 0) & 0xF_FFFF_FFFF != 0
  }

  /// Whether the last bytes are those of a whole frame: with its checksum at its end, the
  /// checksum of all of it is 0. libFLAC says nothing of a frame that the file's end cuts.
  private static func endsWithFrame(_ stream: SoundBytes) -> Bool {
    stream.suffix(1 << 21).withContiguousBytes { raw in
      var at = raw.count - 2
      while at >= 0 {
        if raw[at] == 0xFF, raw[at + 1] & 0xFE == 0xF8, checksum(raw[at...]) == 0 { return true }
        at -= 1
      }
      return false
    }
  }

  /// CRC-16 with the polynomial 0x8005, highest bit first, begun with 0.
  private static func checksum(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16 {
    bytes.reduce(0) { sum, byte in
      sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)]
    }
  }

  private static let table: [UInt16] = (0..<256).map { index in
    (0..<8).reduce(UInt16(index) << 8) { sum, _ in
      sum & 0x8000 != 0 ? sum << 1 ^ 0x8005 : sum << 1
    }
  }
}
