internal import CSndfile

/// Sony Wave64.
package final class Wave64Target: SoundTarget, FuzzTarget {
  package static let name = "w64"
  package static let summary = "Sony Wave64"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_W64 | SF_FORMAT_PCM_16, channels: 2),
        Encoding(format: SF_FORMAT_W64 | SF_FORMAT_FLOAT),
        Encoding(format: SF_FORMAT_W64 | SF_FORMAT_IMA_ADPCM, tolerance: 0.3),
        Encoding(format: SF_FORMAT_W64 | SF_FORMAT_MS_ADPCM, tolerance: 0.3),
        Encoding(format: SF_FORMAT_W64 | SF_FORMAT_GSM610, tolerance: nil),
      ], layout: ChunkLayout.wave64.of)
  }
}
