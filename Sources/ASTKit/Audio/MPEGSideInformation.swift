/// What a Layer III frame says of its coded sound (ISO 11172-3, 2.4.1.7; 13818-3).
struct MPEGSideInformation {
  /// Bytes of coded sound that stand in earlier frames, and bytes in all.
  let borrowed: Int, needed: Int

  /// `nil` for a frame that is too short to have any.
  init?(_ frame: SoundBytes, _ header: MPEGHeader) {
    guard header.layer == 3, frame.count >= header.sideInfoEnd else { return nil }
    var bits = BitReader(frame.part(header.headerSize))
    let isFirstVersion = header.version == 1
    borrowed = bits.next(isFirstVersion ? 9 : 8)
    switch (isFirstVersion, header.channels) {
    case (true, 1): bits.skip(5 + 4)
    case (true, _): bits.skip(3 + 8)
    case (false, 1): bits.skip(1)
    case (false, _): bits.skip(2)
    }
    // The length of each granule's sound in a channel leads the 59 or 63 bits of its fields.
    let fields = isFirstVersion ? 59 : 63
    var sum = 0
    for _ in 0..<(header.channels * (isFirstVersion ? 2 : 1)) {
      sum += bits.next(12)
      bits.skip(fields - 12)
    }
    needed = (sum + 7) / 8
  }

  /// Bits of some bytes, the highest of each byte first.
  private struct BitReader {
    private let bytes: SoundBytes
    private var at = 0

    init(_ bytes: SoundBytes) { self.bytes = bytes }

    mutating func skip(_ count: Int) { at += count }

    mutating func next(_ count: Int) -> Int {
      defer { at += count }
      return (at..<(at + count)).reduce(0) {
        $0 << 1 | (bytes.byte($1 / 8) ?? 0) >> (7 - $1 % 8) & 1
      }
    }
  }
}
