internal import CSndfile

/// MPEG layer III, with and without the index in its first frame.
package final class MP3Target: SoundTarget, FuzzTarget {
  package static let name = "mp3"
  package static let summary = "MP3"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(
          format: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, frames: 3000, tolerance: nil),
        Encoding(
          format: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, frames: 3000, channels: 2,
          rate: 44100, tolerance: nil),
      ]
    ) { bytes in
      var layout = Layout()
      layout.addHeader(0..<min(64, bytes.count), bigEndian: true)
      var at = 0
      var previous: Int?
      while at + 40 <= bytes.count {
        if bytes[at] == 0xFF, bytes[at + 1] & 0xE0 == 0xE0 {
          if let previous { layout.parts.append(previous..<at) }
          previous = at
          // The header, then the side information.
          for offset in at..<(at + 36) { layout.add(offset, 1) }
          at += 20
        }
        at += 1
      }
      if let previous { layout.parts.append(previous..<bytes.count) }
      return layout
    }
  }
}
