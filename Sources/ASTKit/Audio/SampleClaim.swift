/// How much sound a header promises, and where it begins.
///
/// libsndfile shortens what most headers say to what is there, without a word: a file cut in
/// half would pass as a shorter recording. So the two are compared before it sees the file.
struct SampleClaim: Equatable {
  /// The offset of the first sample.
  var start: Int
  /// The bytes of samples; `nil` if the header does not know them.
  var bytes: Int?
  /// Where the header keeps that number, if it can be written there.
  var field: Field?

  /// A number in a header.
  struct Field: Equatable {
    var offset: Int
    var size: Int
    var bigEndian: Bool
    /// Bytes it counts besides the samples.
    var more = 0
  }

  /// What a length field promises: `nil` for the values that programs leave in it which write
  /// to a pipe, or are stopped, and so never learn the length: 0, or as much as fits.
  static func length(_ value: UInt64, size: Int) -> Int? {
    if value == 0 { return nil }
    let full: UInt64 = size == 8 ? .max : 1 << (8 * UInt64(size)) - 1
    // Some leave room for the header below the largest signed or unsigned number.
    if value > full - 0x1000 || size == 4 && value >= 0x7FFF_F000 { return nil }
    let half = UInt64(Int.max)
    if size == 8, (half - 0x1000...half + 0x1000).contains(value) { return nil }
    // The same four bytes that mean "unknown" in older headers, copied into a wider field.
    if size == 8, [0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF].contains(value) { return nil }
    return Int(clamping: value)
  }

  /// - Throws: `AudioError.truncated` if fewer bytes are there than promised.
  func check(_ bytes: SoundBytes, path: String) throws(AudioError) {
    let found = max(0, bytes.count - start)
    if let promised = self.bytes, promised > found {
      throw .truncated(path: path, unit: "bytes of samples", expected: promised, found: found)
    }
  }

  /// `bytes` with the length that is really there in a header that does not know it;
  /// libsndfile would take a 0 at its word.
  func mended(_ bytes: SoundBytes) -> SoundBytes {
    guard self.bytes == nil, let field, field.offset + field.size <= bytes.count else {
      return bytes
    }
    let length = UInt64(max(0, bytes.count - start) + field.more)
    let written = (0..<field.size).map { i in
      let shift = UInt64(8 * (field.bigEndian ? field.size - 1 - i : i))
      return UInt8(truncatingIfNeeded: length >> shift)
    }
    return SoundBytes(joining: [
      bytes.part(0, field.offset), SoundBytes(written), bytes.part(field.offset + field.size),
    ])
  }
}
