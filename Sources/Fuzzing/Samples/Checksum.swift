/// The checksums of the formats, so that a changed file is looked at and not only refused.
package enum Checksum {
  /// Ogg pages: CRC-32 of 0x04C11DB7, not reflected.
  private static let oggTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index) << 24) { sum, _ in
      sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1
    }
  }

  /// Zip records: CRC-32 of 0xEDB88320, reflected.
  private static let zipTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in
      sum & 1 != 0 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
    }
  }

  /// FLAC frame headers: CRC-8 of 0x07.
  private static let flacHeaderTable: [UInt8] = (0..<256).map { index in
    (0..<8).reduce(UInt8(index)) { sum, _ in sum & 0x80 != 0 ? sum << 1 ^ 0x07 : sum << 1 }
  }

  /// FLAC frames: CRC-16 of 0x8005.
  private static let flacTable: [UInt16] = (0..<256).map { index in
    (0..<8).reduce(UInt16(index) << 8) { sum, _ in
      sum & 0x8000 != 0 ? sum << 1 ^ 0x8005 : sum << 1
    }
  }

  package static func zip(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { zipTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  package static func flacHeader(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    bytes.reduce(0) { flacHeaderTable[Int($0 ^ $1)] }
  }

  package static func flac(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    bytes.reduce(0) { flacTable[Int(UInt8($0 >> 8) ^ $1)] ^ $0 << 8 }
  }

  /// Makes the sums of all Ogg pages right that lie whole in the bytes.
  package static func repairOgg(_ bytes: inout [UInt8]) {
    var at = 0
    while let size = OggLayout.pageSize(bytes, at: at) {
      bytes.put(0, at: at + 22, 4)
      let sum = bytes[at..<(at + size)].reduce(UInt32(0)) {
        oggTable[Int(UInt8($0 >> 24) ^ $1)] ^ $0 << 8
      }
      bytes.put(UInt64(sum), at: at + 22, 4)
      at += size
    }
  }
}
