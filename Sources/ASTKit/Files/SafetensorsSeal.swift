/// A checksum of a whole file among the words of its header: damage in any byte shows, which
/// the format itself does not promise.
///
/// XXH64 of the header with zeros in place of the checksum's sixteen digits, continued over the
/// elements of each tensor that has any, in the order of the file. It is no protection against
/// forgery.
extension Safetensors {
  /// Its key among the metadata.
  static let sealKey = "petl.seal"
  /// What stands in the checksum's place while it is computed.
  static let noSeal = String(repeating: "0", count: 16)

  /// Puts the checksum into a header that has `noSeal`.
  static func seal(_ header: inout [UInt8], of items: [Item]) {
    let sum = items.filter { $0.byteCount > 0 }.reduce(ContentHash.of(header)) { hash, item in
      item.withBytes { ContentHash.of($0, seed: hash) }
    }
    guard let place = sealPlace(in: header) else { return }
    header.replaceSubrange(place, with: digits(sum).utf8)
  }

  /// Where the checksum's digits are. Quotes inside names and words are escaped, so that the key
  /// with its quotes can only be the key.
  static func sealPlace(in header: [UInt8]) -> Range<Int>? {
    guard let key = header.firstRange(of: Array("\"\(sealKey)\":\"".utf8)) else { return nil }
    let end = key.upperBound + noSeal.utf8.count
    return end <= header.count ? key.upperBound..<end : nil
  }

  /// Checks that every byte of the file is as it was written.
  ///
  /// - Parameter progress: told (done, total) bytes; what it throws ends the check.
  /// - Throws: `SafetensorsError.seal`, `.noSeal`, `FileError.changed`.
  func requireSeal(progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws {
    let (stated, actual) = try seals(progress: progress)
    // As text: a number can be written in several ways.
    if stated != actual { throw SafetensorsError.seal(path: path) }
  }

  /// The checksum's digits as the file states them, and those of its bytes.
  /// - Throws: as `requireSeal`, but for `.seal`.
  package func seals(
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> (stated: String, actual: String) {
    try file.reading {
      var header = Array(file.slice(8..<dataStart))
      guard metadata[Self.sealKey] != nil, let place = Self.sealPlace(in: header) else {
        throw SafetensorsError.noSeal(path: path)
      }
      let digits = String(decoding: header[place], as: UTF8.self)
      header.replaceSubrange(place, with: Self.noSeal.utf8)
      var sum = ContentHash.of(header)
      for name in names {
        guard let range = entry(name)?.range, !range.isEmpty else { continue }
        let place = (dataStart + range.lowerBound)..<(dataStart + range.upperBound)
        sum = ContentHash.of(file.slice(place), seed: sum)
        try progress(place.upperBound, file.count)
      }
      return (digits, Self.digits(sum))
    }
  }

  private static func digits(_ sum: UInt64) -> String {
    let digits = String(sum, radix: 16)
    return noSeal.dropLast(digits.count) + digits
  }
}
