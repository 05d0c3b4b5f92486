import Testing

@testable import ASTKit

/// Files on which libsndfile itself goes wrong are refused before it does.
struct HostileSoundTests {
  private func nist(coding: String, order: String) -> [UInt8] {
    var header =
      "NIST_1A\n   1024\nchannel_count -i 1\nsample_rate -i 16000\nsample_n_bytes -i 2\n"
    header += "sample_sig_bits -i 16\n\(coding)\n\(order)\nsample_count -i 500\nend_head\n"
    let bytes = Array(header.utf8)
    return bytes + [UInt8](repeating: 0, count: 1024 - bytes.count + 1000)
  }

  @Test func aNISTHeaderIsRead() throws {
    let bytes = nist(coding: "sample_coding -s3 pcm", order: "sample_byte_format -s2 01")
    #expect(try AudioFile.decode(bytes, path: "a").frames == 500)
  }

  @Test(
    "libsndfile would take whatever lies in its memory for the value",
    arguments: [
      ("sample_coding -s. pcm", "sample_byte_format -s2 01"), ("sample_coding -s3", ""),
      ("sample_coding -s3 pcm", "sample_byte_format -sx 01"), ("sample_coding -spcm", ""),
      ("sample_coding -s3 \u{0}", "sample_byte_format -s2 01"),
    ])
  func aNISTFieldWithoutValueIsAnError(_ coding: String, _ order: String) throws {
    let bytes = nist(coding: coding, order: order)
    let error = try #require(throws: AudioError.self) {
      try AudioFile.decode(bytes, path: "a")
    }
    #expect(error.message.contains("' is missing"), "\(error)")
  }

  /// Wave64 with GSM inside and a negative length of its samples: 42 thousand million frames,
  /// nearly all of them silence that would take minutes to make.
  @Test func framesThatCannotBeAreNotWaitedFor() throws {
    let identity: [UInt8] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
    let form: [UInt8] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 4, 0xC1, 0, 0]
    func number(_ value: UInt64, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func letters(_ text: String) -> [UInt8] { Array(text.utf8) }
    let format: [[UInt8]] = [
      number(0x31, 2), number(1, 2), number(16000, 4), number(3250, 4), number(65, 2),
      number(0, 2), number(2, 2), number(320, 2), number(0, 4),
    ]
    let chunks: [[UInt8]] = [
      letters("riff"), form, number(273, 8), letters("wave"), identity,
      letters("fmt "), identity, number(48, 8), format.flatMap { $0 },
      letters("fact"), identity, number(32, 8), number(500, 8),
      letters("data"), identity, number(0xC100_0000_0000_009A, 8),
      [UInt8](repeating: 0x99, count: 130),
    ]
    let bytes = chunks.flatMap { $0 }
    let error = #expect(throws: AudioError.self) { try AudioFile.decode(bytes, path: "a") }
    guard case .truncated(_, _, _, let found) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(found == 130)
  }
}
