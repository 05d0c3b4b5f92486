import CSndfile
import Testing

@testable import ASTKit

/// What libogg leaves out and libsndfile guesses, both without a word, is an error.
struct OggPagesTests {
  private static let vorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS
  private static let opus = SF_FORMAT_OGG | SF_FORMAT_OPUS

  /// The pages of noise, so that there are many; the first two of Opus are its header's.
  private func pages(_ format: Int, samples: Int = 80000) throws -> [[UInt8]] {
    let noise = (0..<samples).map { Float($0 * 7919 % 1000) / 1000 - 0.5 }
    return OggEditing.pages(try SoundWriter.bytes(noise, format: format))
  }

  private func refusal(
    _ pages: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = #expect(throws: AudioError.self, sourceLocation: sourceLocation) {
      try AudioFile.decode(pages.flatMap { $0 }, path: "a")
    }
    return error?.reason ?? ""
  }

  @Test(arguments: [vorbis, opus])
  func damagedOrMissing(format: Int) throws {
    let pages = try pages(format)
    try #require(pages.count > 5)
    var damaged = pages
    damaged[4][pages[4].count / 2] ^= 1
    #expect(try refusal(damaged).contains("checksum"))
    var missing = pages
    missing.remove(at: 4)
    #expect(try refusal(missing).contains("Ogg page 5 follows page 3"))
  }

  @Test("pages behind the last one belong to nothing", arguments: [vorbis, opus])
  func endsInTheMiddle(format: Int) throws {
    var pages = try pages(format)
    pages[4] = OggEditing.page(pages[4], isLast: true)
    #expect(try refusal(pages).contains("a page of another stream"))
  }

  @Test(arguments: [vorbis, opus])
  func runsBackwards(format: Int) throws {
    let pages = try pages(format)
    for position in [1, -5, Int64.min] {
      var backwards = pages
      backwards[pages.count - 1] = OggEditing.page(pages[pages.count - 1], position: position)
      #expect(try refusal(backwards).contains("ends at sample \(position), the one before at"))
    }
  }

  /// A recorder that joins a broadcast keeps its first pages and goes on in the middle.
  @Test func aBroadcastIsJoined() throws {
    let pages = try pages(Self.opus)
    let joined = pages[..<2] + pages[4...]
    let recording = try AudioFile.decode(joined.flatMap { $0 }, path: "a")
    #expect((1..<80000).contains(recording.frames))
  }

  /// libsndfile took 2.7 times the samples from such a page, most of them from memory that
  /// nothing had been written to.
  @Test func aLastPageAloneDoesNotTellWhereItBegins() throws {
    var pages = try pages(Self.opus, samples: 2000)
    try #require(pages.count == 3)
    #expect(try AudioFile.decode(pages.flatMap { $0 }, path: "a").frames == 2000)
    pages[2] = OggEditing.page(pages[2], number: 4)
    #expect(try refusal(pages).contains("Ogg page 4 follows page 1"))
  }

  @Test("a packet that cannot be decoded is not passed over")
  func brokenPacket() throws {
    var pages = try pages(Self.opus)
    let segments = Int(pages[3][26])
    // A packet of any number of frames that has none.
    pages[3].replaceSubrange((27 + segments)..<(29 + segments), with: [0x03, 0x00])
    pages[3] = OggEditing.summed(pages[3])
    #expect(try refusal(pages).contains("truncated"))
  }
}
