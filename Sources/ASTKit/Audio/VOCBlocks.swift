/// Creative's VOC: blocks of a kind, a length of three bytes and contents, up to one of kind 0.
enum VOCBlocks {
  private struct Block {
    let kind: Int, lengthOffset: Int, start: Int
    let raw: UInt64
    /// Bytes before the samples; `nil` for blocks without.
    var before: Int? { kind == 1 ? 2 : kind == 9 ? 12 : nil }
  }

  /// What the first block of sound promises.
  static func claim(_ bytes: SoundBytes) -> SampleClaim? {
    guard let block = blocks(bytes).first(where: { $0.before != nil }), let before = block.before
    else { return nil }
    // The length counts the block's own fields.
    return SampleClaim(
      start: block.start + before,
      bytes: SampleClaim.length(block.raw, size: 3).map { max(0, $0 - before) },
      field: .init(offset: block.lengthOffset, size: 3, bigEndian: false, more: before))
  }

  /// Whether more than one block holds sound, or silence; libsndfile would read the first, or
  /// take the headers of the others for samples.
  static func areSeveral(_ bytes: SoundBytes) -> Bool {
    blocks(bytes).filter { $0.before != nil || [2, 3].contains($0.kind) }.count > 1
  }

  /// All blocks; only those up to the first with samples if what follows is none.
  private static func blocks(_ bytes: SoundBytes) -> [Block] {
    guard var at = bytes.int(20, bytes: 2, bigEndian: false) else { return [] }
    var blocks: [Block] = []
    while let kind = bytes.byte(at), kind != 0 {
      guard kind < 10, let raw = bytes.number(at + 1, bytes: 3, bigEndian: false) else { break }
      blocks.append(Block(kind: kind, lengthOffset: at + 1, start: at + 4, raw: raw))
      at += 4 + Int(raw)
    }
    let isWhole = bytes.byte(at) == 0 && at >= bytes.count - 2
    let first = blocks.firstIndex { $0.before != nil } ?? blocks.count
    return isWhole ? blocks : Array(blocks.prefix(first + 1))
  }
}
