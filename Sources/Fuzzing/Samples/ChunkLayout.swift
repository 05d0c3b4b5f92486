/// The chunks of RIFF, IFF, Wave64 and CAF files: a name, a length, contents.
package struct ChunkLayout {
  /// Bytes before the first chunk.
  package var start: Int
  package var nameSize = 4
  package var sizeWidth = 4
  package var bigEndian = false
  /// Contents are padded to a multiple of this.
  package var padding = 2
  /// Whether a length counts name and length too.
  package var countsItself = false

  package static let riff = ChunkLayout(start: 12)
  package static let iff = ChunkLayout(start: 12, bigEndian: true)
  package static let caf = ChunkLayout(start: 8, sizeWidth: 8, bigEndian: true, padding: 1)
  package static let wave64 = ChunkLayout(
    start: 40, nameSize: 16, sizeWidth: 8, padding: 8, countsItself: true)

  package func of(_ bytes: [UInt8]) -> Layout {
    var layout = Layout()
    layout.addHeader(0..<min(start, bytes.count), bigEndian: bigEndian)
    var at = start
    while at + nameSize + sizeWidth <= bytes.count {
      let header = nameSize + sizeWidth
      let size = bytes.number(at: at + nameSize, sizeWidth, bigEndian: bigEndian)
      let contents = Int(clamping: size) - (countsItself ? header : 0)
      guard contents >= 0, contents <= bytes.count - at - header else { break }
      layout.add(at + nameSize, sizeWidth, bigEndian: bigEndian)
      layout.addHeader(
        (at + header)..<(at + header + min(contents, 64)), bigEndian: bigEndian)
      let end = min(
        bytes.count, at + header + (contents + padding - 1) / padding * padding)
      layout.parts.append(at..<end)
      at = end
    }
    return layout
  }
}
