/// The CRC-32 of Ogg pages: polynomial 0x04C11DB7, highest bit first, begun with 0.
enum OggChecksum {
  /// The checksum of a page, whose own field counts as 0.
  static func of(_ page: SoundBytes) -> UInt32 {
    page.withContiguousBytes { page in
      table.withUnsafeBufferPointer { table in
        var sum: UInt32 = 0
        for i in page.indices {
          let byte = (22..<26).contains(i) ? 0 : page[i]
          sum = sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 24) ^ byte)]
        }
        return sum
      }
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index) << 24) { sum, _ in
      sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1
    }
  }
}
