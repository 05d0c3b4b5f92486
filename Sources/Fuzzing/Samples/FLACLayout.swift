/// The blocks and frames of a FLAC file.
package enum FLACLayout {
  package static func of(_ bytes: [UInt8]) -> Layout {
    var layout = Layout()
    layout.add(0, 4, bigEndian: true)
    var at = 4
    var isLast = false
    while !isLast, at + 4 <= bytes.count {
      isLast = bytes[at] & 0x80 != 0
      let size = Int(bytes.number(at: at + 1, 3, bigEndian: true))
      layout.add(at, 1)
      layout.add(at + 1, 3, bigEndian: true)
      let end = min(bytes.count, at + 4 + size)
      layout.addHeader((at + 4)..<min(end, at + 64), bigEndian: true)
      layout.parts.append(at..<end)
      at = end
    }
    let frames = frameStarts(bytes, from: at)
    for (i, start) in frames.enumerated() {
      let end = i + 1 < frames.count ? frames[i + 1] : bytes.count
      layout.parts.append(start..<end)
      // The header, then the kinds, orders and residuals of the subframes, bit by bit.
      for offset in start..<min(end, start + 40) { layout.add(offset, 1) }
    }
    return layout
  }

  /// Makes CRC-8 and CRC-16 of everything right that looks like a frame.
  package static func repair(_ bytes: inout [UInt8]) {
    let frames = frameStarts(bytes, from: 4)
    for (i, start) in frames.enumerated() {
      let end = i + 1 < frames.count ? frames[i + 1] : bytes.count
      guard let header = headerSize(bytes, at: start), end - start >= header + 3 else { continue }
      bytes[start + header] = Checksum.flacHeader(bytes[start..<(start + header)])
      bytes.put(UInt64(Checksum.flac(bytes[start..<(end - 2)])), at: end - 2, 2, bigEndian: true)
    }
  }

  private static func frameStarts(_ bytes: [UInt8], from: Int) -> [Int] {
    var starts: [Int] = []
    var at = from
    while at + 16 < bytes.count {
      if bytes[at] == 0xFF, bytes[at + 1] & 0xFE == 0xF8, headerSize(bytes, at: at) != nil {
        starts.append(at)
        at += 16
      } else {
        at += 1
      }
    }
    return starts
  }

  /// Bytes of a frame's header before its CRC-8: the number of the frame takes one to seven,
  /// block size and rate up to two each.
  private static func headerSize(_ bytes: [UInt8], at: Int) -> Int? {
    let first = bytes[at + 4]
    let number = first < 0x80 ? 1 : (~first).leadingZeroBitCount
    guard (1...7).contains(number), !(first >= 0x80 && number < 2) else { return nil }
    let block = [6: 1, 7: 2][bytes[at + 2] >> 4] ?? 0
    let rate = [12: 1, 13: 2, 14: 2][bytes[at + 2] & 15] ?? 0
    let size = 4 + number + block + rate
    return at + size < bytes.count ? size : nil
  }
}
