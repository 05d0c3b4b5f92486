/// Reading the fields of binary headers. Everything is `nil` or `false` where the bytes end, so
/// that a cut or hostile header cannot lead out of them. Offsets count from the first byte.
extension SoundBytes {
  /// Whether `letters` stand at `offset`.
  func has(_ letters: String, at offset: Int = 0) -> Bool {
    has(letters.utf8, at: offset)
  }

  /// Whether these bytes stand at `offset`.
  func has(_ bytes: some Collection<UInt8>, at offset: Int = 0) -> Bool {
    offset >= 0 && bytes.count <= count - offset
      && self[(startIndex + offset)..<(startIndex + offset + bytes.count)].elementsEqual(bytes)
  }

  /// The byte at `offset`.
  func byte(_ offset: Int) -> Int? {
    offset >= 0 && offset < count ? Int(self[startIndex + offset]) : nil
  }

  /// An unsigned number of 1 to 8 bytes at `offset`.
  func number(_ offset: Int, bytes size: Int, bigEndian: Bool) -> UInt64? {
    guard offset >= 0, size <= count - offset else { return nil }
    var value: UInt64 = 0
    for i in 0..<size {
      let place = bigEndian ? i : size - 1 - i
      value = value << 8 | UInt64(self[startIndex + offset + place])
    }
    return value
  }

  /// A number of at most 4 bytes.
  func int(_ offset: Int, bytes size: Int = 4, bigEndian: Bool) -> Int? {
    number(offset, bytes: size, bigEndian: bigEndian).map { Int(truncatingIfNeeded: $0) }
  }

  /// The part from `offset` on, at most `length` bytes, cut where the bytes end.
  func part(_ offset: Int, _ length: Int = .max) -> SoundBytes {
    dropFirst(Swift.max(0, offset)).prefix(Swift.max(0, length))
  }
}
