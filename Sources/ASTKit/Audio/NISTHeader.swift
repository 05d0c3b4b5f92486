/// Checks the header of a NIST SPHERE file before libsndfile sees it, which takes a field
/// without its value for whatever lies in its memory: the same file would read differently each
/// time.
enum NISTHeader {
  /// Fields whose value is a text, and their beginning as libsndfile looks for it.
  private static let fields = ["sample_coding -s", "sample_byte_format -s"]
  /// The header's usual length, all that libsndfile looks at.
  private static let length = 1024

  /// - Throws: `AudioError.damaged` for a field that is not `-s`, a length, a blank and a text.
  static func check(_ bytes: SoundBytes, path: String) throws(AudioError) {
    guard bytes.starts(with: "NIST_1".utf8) else { return }
    let header = bytes.prefix(length).contents
    for field in fields {
      guard let found = header.firstRange(of: Array(field.utf8)) else { continue }
      let rest = header[found.upperBound...]
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let value = rest[digits.endIndex...].prefix { $0 == UInt8(ascii: " ") }.endIndex
      guard !digits.isEmpty, value > digits.endIndex, value < header.endIndex,
        header[value] > UInt8(ascii: " ")
      else {
        throw .damaged(
          path: path, format: "NIST SPHERE",
          reason: "the value of '\(field.dropLast(3))' is missing")
      }
    }
  }
}
