internal import CSndfile

/// Ogg Opus, the checksums of the pages made right.
package final class OpusTarget: SoundTarget, FuzzTarget {
  package static let name = "opus"
  package static let summary = "Ogg Opus"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_OGG | SF_FORMAT_OPUS, rate: 48000, tolerance: nil),
        Encoding(
          format: SF_FORMAT_OGG | SF_FORMAT_OPUS, frames: 2000, channels: 2, rate: 16000,
          tolerance: nil),
      ], layout: OggLayout.of, repair: Checksum.repairOgg)
  }
}
