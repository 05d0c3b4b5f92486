/// The pages of an Ogg stream.
package enum OggLayout {
  package static func of(_ bytes: [UInt8]) -> Layout {
    var layout = Layout()
    var at = 0
    while let size = pageSize(bytes, at: at) {
      layout.parts.append(at..<(at + size))
      // Version and flags, position, stream, page number, checksum, lengths of the packets.
      for (offset, width) in [(4, 1), (5, 1), (6, 8), (14, 4), (18, 4), (22, 4), (26, 1)] {
        layout.add(at + offset, width)
      }
      let segments = Int(bytes[at + 26])
      for segment in 0..<min(segments, 16) { layout.add(at + 27 + segment, 1) }
      let body = at + 27 + segments
      // The codecs' headers are in the first pages, their numbers at odd places too.
      let headers = layout.parts.count <= 2 ? 96 : 8
      for offset in body..<min(body + headers, at + size) {
        layout.add(offset, 1)
        if offset + 4 <= at + size { layout.add(offset, 4) }
      }
      at += size
    }
    return layout
  }

  /// How long the page is that begins here; `nil` when none does or it is cut.
  package static func pageSize(_ bytes: [UInt8], at: Int) -> Int? {
    guard bytes.holds("OggS", at: at), at + 27 <= bytes.count else { return nil }
    let segments = Int(bytes[at + 26])
    guard at + 27 + segments <= bytes.count else { return nil }
    let size = bytes[(at + 27)..<(at + 27 + segments)].reduce(27 + segments) { $0 + Int($1) }
    return at + size <= bytes.count ? size : nil
  }
}
