/// The four bytes that begin a frame of MPEG audio (ISO 11172-3, 13818-3).
struct MPEGHeader: Equatable {
  /// 1, 2, or 3 for the unofficial 2.5.
  let version: Int
  let layer: Int
  /// Hz.
  let sampleRate: Int
  let channels: Int
  /// Samples of each channel in a frame.
  let samples: Int
  /// The whole frame in bytes; `nil` in the free format, where only the next frame tells.
  let length: Int?
  let isPadded: Bool
  /// Bytes before a Layer III frame's side information.
  let headerSize: Int

  init?(_ bytes: SoundBytes, at offset: Int = 0) {
    guard let word = bytes.int(offset, bigEndian: true), word >> 21 == 0x7FF else { return nil }
    guard let version = [3, nil, 2, 1][word >> 19 & 3] else { return nil }
    let layer = 4 - (word >> 17 & 3)
    let bitrate = word >> 12 & 15
    let rate = word >> 10 & 3
    guard layer < 4, bitrate < 15, rate < 3 else { return nil }
    self.version = version
    self.layer = layer
    sampleRate = [44_100, 48_000, 32_000][rate] / [1, 2, 4][version - 1]
    channels = word >> 6 & 3 == 3 ? 1 : 2
    samples = layer == 1 ? 384 : layer == 3 && version > 1 ? 576 : 1152
    isPadded = word >> 9 & 1 == 1
    headerSize = word >> 16 & 1 == 1 ? 4 : 6
    let kilobits = MPEGHeader.bitrates[version == 1 ? layer - 1 : layer == 1 ? 3 : 4][bitrate]
    let padding = isPadded ? 1 : 0
    // Layer I counts in slots of four bytes.
    let slot = layer == 1 ? 4 : 1
    let slots = samples / 8 * kilobits * 1000 / sampleRate / slot + padding
    length = kilobits == 0 ? nil : slots * slot
  }

  /// Whether a frame with this header can follow one with `other` in one stream.
  func continues(_ other: MPEGHeader) -> Bool {
    version == other.version && layer == other.layer && sampleRate == other.sampleRate
      && (length == nil) == (other.length == nil)
  }

  /// Where a Layer III frame's coded sound begins, and an index in its place.
  var sideInfoEnd: Int {
    headerSize + (version == 1 ? (channels == 1 ? 17 : 32) : (channels == 1 ? 9 : 17))
  }

  /// kbit/s: version 1 by layer, then layer I and layers II and III of the others.
  private static let bitrates = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]
}
