@testable import ASTKit

/// Ogg files taken apart and put together otherwise, their checksums right.
enum OggEditing {
  /// The pages of a file.
  static func pages(_ bytes: [UInt8]) -> [[UInt8]] {
    var pages: [[UInt8]] = []
    var at = 0
    while at < bytes.count {
      let segments = Int(bytes[at + 26])
      let body = bytes[(at + 27)..<(at + 27 + segments)].reduce(0) { $0 + Int($1) }
      pages.append(Array(bytes[at..<(at + 27 + segments + body)]))
      at += 27 + segments + body
    }
    return pages
  }

  /// The page with the checksum of its bytes.
  static func summed(_ page: [UInt8]) -> [UInt8] {
    page.with(UInt64(OggChecksum.of(SoundBytes(page))), at: 22, size: 4, bigEndian: false)
  }

  /// The page with another number.
  static func page(_ page: [UInt8], number: Int) -> [UInt8] {
    summed(page.with(UInt64(number), at: 18, size: 4, bigEndian: false))
  }

  /// The page with another sample at its end.
  static func page(_ page: [UInt8], position: Int64) -> [UInt8] {
    summed(page.with(UInt64(bitPattern: position), at: 6, size: 8, bigEndian: false))
  }

  /// The page as the last of its stream, or not.
  static func page(_ page: [UInt8], isLast: Bool) -> [UInt8] {
    var page = page
    page[5] = isLast ? page[5] | 4 : page[5] & ~4
    return summed(page)
  }
}
