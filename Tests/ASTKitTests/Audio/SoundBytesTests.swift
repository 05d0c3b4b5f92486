import TestSupport
import Testing

@testable import ASTKit

/// Bytes are the same wherever they lie: in memory, in a file that is read page by page, or in
/// parts.
struct SoundBytesTests {
  private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 31 ^ $0 >> 7) }

  private func views(_ folder: TemporaryFolder) throws -> [SoundBytes] {
    let bytes = Self.bytes
    let path = try folder.write("bytes", bytes)
    let parts = [0..<1, 1..<1, 1..<70_000, 70_000..<70_001, 70_001..<300_000]
    return [
      SoundBytes(bytes), SoundBytes(try OpenFile(path)),
      SoundBytes(joining: parts.map { SoundBytes(Array(bytes[$0])) }),
    ]
  }

  @Test func anyPlace() throws {
    let folder = try TemporaryFolder()
    var random = RandomSource(seed: 5)
    for view in try views(folder) {
      #expect(view.contents == Self.bytes)
      for _ in 0..<200 {
        let offset = random.below(Self.bytes.count)
        let length = random.below(100_000)
        let expected = Self.bytes[offset...].prefix(length)
        #expect(view[offset] == Self.bytes[offset])
        #expect(view.part(offset, length).contents == Array(expected))
        #expect(view.part(offset, length).first == expected.first)
        #expect(view.part(offset).has(Array(expected.prefix(9))))
      }
      #expect(view.number(299_993, bytes: 8, bigEndian: true) == nil)
      #expect(view.byte(300_000) == nil && view.byte(-1) == nil)
    }
  }

  @Test("stretches cover everything, and overlap")
  func stretches() throws {
    let folder = try TemporaryFolder()
    for view in try views(folder) {
      var joined: [UInt8] = []
      view.forEachStretch(of: 1000, overlap: 7) { stretch, offset in
        #expect(offset == 0 || offset == joined.count - 7)
        joined += Array(stretch).dropFirst(offset == 0 ? 0 : 7)
      }
      #expect(joined == Self.bytes)
    }
  }

  /// A mark of a second stream that lies across two stretches is found.
  @Test func joinedStreamsAreFoundAnywhere() throws {
    let folder = try TemporaryFolder()
    let mark: [UInt8] = Array("fLaC".utf8) + [0, 0, 0, 34]
    let size = 1 << 18
    for at in [1, 9, size - 8, size - 7, size - 5, size - 1, size, 2 * size - 12, 600_000 - 8] {
      var bytes = [UInt8](repeating: 1, count: 600_000)
      bytes.replaceSubrange(at..<(at + 8), with: mark)
      let path = try folder.write("bytes", bytes)
      for view in [SoundBytes(bytes), SoundBytes(try OpenFile(path))] {
        #expect(FLACFile.streams(view).map(\.count) == [at, 600_000 - at])
      }
    }
  }
}
