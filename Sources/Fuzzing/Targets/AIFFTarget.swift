internal import CSndfile

/// AIFF and AIFF-C.
package final class AIFFTarget: SoundTarget, FuzzTarget {
  package static let name = "aiff"
  package static let summary = "AIFF, AIFF-C"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_PCM_16),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_PCM_24, channels: 2, rate: 48000),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_FLOAT),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_ALAW, tolerance: 0.05),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_IMA_ADPCM, tolerance: nil),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_GSM610, tolerance: nil),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_DWVW_16),
        Encoding(format: SF_FORMAT_AIFF | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, channels: 2),
      ], layout: ChunkLayout.iff.of)
  }
}
