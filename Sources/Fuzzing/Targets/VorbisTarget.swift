internal import CSndfile

/// Ogg Vorbis, the checksums of the pages made right.
package final class VorbisTarget: SoundTarget, FuzzTarget {
  package static let name = "vorbis"
  package static let summary = "Ogg Vorbis"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_OGG | SF_FORMAT_VORBIS, tolerance: 0.3),
        Encoding(
          format: SF_FORMAT_OGG | SF_FORMAT_VORBIS, channels: 2, rate: 44100, tolerance: 0.3),
      ], layout: OggLayout.of, repair: Checksum.repairOgg)
  }
}
