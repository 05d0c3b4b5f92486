internal import CSndfile

/// FLAC, the checksums of its frames made right. (libsndfile does not read FLAC in Ogg.)
package final class FLACTarget: SoundTarget, FuzzTarget {
  package static let name = "flac"
  package static let summary = "FLAC"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
        Encoding(
          format: SF_FORMAT_FLAC | SF_FORMAT_PCM_24, frames: 5000, channels: 2, rate: 44100),
        Encoding(format: SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, channels: 3, tolerance: 0.01),
      ], layout: FLACLayout.of, repair: FLACLayout.repair)
  }
}
