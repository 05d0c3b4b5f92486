/// FLAC: one stream, or several that were joined.
enum FLACFile {
  /// - Throws: `AudioError`.
  static func decode(
    _ bytes: ArraySlice<UInt8>, _ library: SndfileDecoder
  ) throws(AudioError) -> Recording {
    var recordings: [Recording] = []
    for stream in streams(SoundTags.withoutTrailing(bytes)) {
      var decoder = library
      decoder.taken += recordings.reduce(0) { $0 + $1.samples.count }
      let recording = try decoder.decode(stream)
      if !knowsLength(stream), !endsWithFrame(stream) {
        throw .noEnd(path: library.path, reason: "its last FLAC frame is incomplete")
      }
      recordings.append(recording)
    }
    return try Recording.joined(recordings, path: library.path)
  }

  /// Each begins with letters and the first block of metadata, which has a fixed length. Eight
  /// bytes that no frame of sound holds by chance.
  private static func streams(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let mark = Array("fLaC".utf8)
    var starts = [0]
    bytes.withUnsafeBufferPointer { raw in
      for at in stride(from: 1, to: raw.count - 7, by: 1)
      where raw[at] == mark[0] && raw[at + 1] == mark[1] && raw[at + 2] == mark[2]
        && raw[at + 3] == mark[3] && raw[at + 4] & 0x7F == 0 && raw[at + 5] == 0
        && raw[at + 6] == 0 && raw[at + 7] == 34
      {
        starts.append(at)
      }
    }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { bytes.part($0, $1 - $0) }
  }

  /// Whether the header gives the number of samples (36 bits), which the decoder then compares.
  private static func knowsLength(_ stream: ArraySlice<UInt8>) -> Bool {
    (stream.number(21, bytes: 5, bigEndian: true) ?? 0) & 0xF_FFFF_FFFF != 0
  }

  /// Whether the last bytes are those of a whole frame: with its checksum at its end, the
  /// checksum of all of it is 0. libFLAC says nothing of a frame that the file's end cuts.
  private static func endsWithFrame(_ stream: ArraySlice<UInt8>) -> Bool {
    stream.suffix(1 << 21).withUnsafeBufferPointer { raw in
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
