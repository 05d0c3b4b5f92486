internal import CSndfile

/// Apple's Core Audio Format, ALAC included.
package final class CAFTarget: SoundTarget, FuzzTarget {
  package static let name = "caf"
  package static let summary = "CAF, ALAC"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_PCM_16),
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_FLOAT, channels: 2),
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_ULAW, tolerance: 0.05),
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_ALAC_16),
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_ALAC_24, channels: 2, rate: 44100),
        Encoding(format: SF_FORMAT_CAF | SF_FORMAT_ALAC_32, channels: 4),
      ], layout: ChunkLayout.caf.of)
  }
}
