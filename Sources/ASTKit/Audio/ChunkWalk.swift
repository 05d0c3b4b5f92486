/// Goes from chunk to chunk.
struct ChunkWalk: Sequence, IteratorProtocol {
  struct Chunk {
    let letters: SoundBytes
    /// Where the chunk, its length and its contents begin.
    let offset: Int, lengthOffset: Int, start: Int
    /// The length as it stands there.
    let raw: UInt64
    /// The length of the contents; `nil` if the header does not know it.
    let length: Int?
    fileprivate let alignment: Int

    func holds(_ name: String) -> Bool { letters.has(name) }

    /// Where the next chunk begins, if this one's contents are `length` long.
    func end(_ length: Int) -> Int {
      let end = start + length
      return (end + alignment - 1) / alignment * alignment
    }
  }

  private let bytes: SoundBytes
  private let layout: ChunkLayout
  private(set) var offset: Int
  /// The chunk `next` gave last.
  private(set) var last: Chunk?

  init(_ bytes: SoundBytes, _ layout: ChunkLayout, from offset: Int) {
    (self.bytes, self.layout, self.offset) = (bytes, layout, offset)
  }

  /// The next chunk whose header is whole; `nil` at the end, and behind a chunk that leads out
  /// of the file or does not know its length.
  mutating func next() -> Chunk? {
    let lengthOffset = offset + layout.idSize
    guard
      let raw = bytes.number(lengthOffset, bytes: layout.lengthSize, bigEndian: layout.bigEndian)
    else { return nil }
    let header = layout.countsHeader ? UInt64(layout.headerSize) : 0
    let length = SampleClaim.length(raw, size: layout.lengthSize).map {
      Swift.max(0, $0 - Int(header))
    }
    let chunk = Chunk(
      letters: bytes.part(offset, layout.idSize), offset: offset, lengthOffset: lengthOffset,
      start: offset + layout.headerSize, raw: raw, length: length, alignment: layout.alignment)
    last = chunk
    let (end, overflow) = chunk.start.addingReportingOverflow(raw == 0 ? 0 : length ?? .max)
    offset = overflow || end > bytes.count ? bytes.count : chunk.end(end - chunk.start)
    return chunk
  }

  /// Whether named chunks follow each other from `offset` exactly to the end of the file.
  static func fills(
    _ bytes: SoundBytes, _ layout: ChunkLayout, from offset: Int
  ) -> Bool {
    var walk = ChunkWalk(bytes, layout, from: offset)
    var end = offset
    while let chunk = walk.next() {
      let named = chunk.letters.prefix(4).allSatisfy { (0x20...0x7E).contains($0) }
      guard named, let length = chunk.raw == 0 ? 0 : chunk.length,
        length <= bytes.count - chunk.start
      else { return false }
      end = chunk.start + length
    }
    return bytes.count - end < layout.alignment
  }
}
