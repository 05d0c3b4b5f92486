import Testing

@testable import ASTKit

/// The hash is XXH64: the published test values, across all its branches.
struct ContentHashTests {
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func publishedValues(text: String, hash: UInt64) {
    #expect(ContentHash.of(Array(text.utf8)) == hash)
  }

  @Test(
    "Bytes in pieces have the hash of all of them", arguments: [0, 1, 31, 32, 33, 64, 1000, 4129])
  func pieces(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    for length in [32, 96, 1024] {
      var stream = ContentHash.Stream(), hash = ContentHash.of([])
      for start in stride(from: 0, to: count, by: length) {
        hash = bytes[start..<min(start + length, count)].withUnsafeBytes { stream.add($0) }
      }
      #expect(hash == ContentHash.of(bytes))
    }
  }
}
