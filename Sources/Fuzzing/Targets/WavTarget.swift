internal import CSndfile

/// RIFF WAV, its extensible form, RF64 and Wave64, with several codecs inside.
package final class WavTarget: SoundTarget, FuzzTarget {
  package static let name = "wav"
  package static let summary = "WAV, WAVEX, RF64"

  package init(_ scratch: Scratch) throws {
    try super.init(
      scratch,
      [
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_PCM_16),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_PCM_24, channels: 2, rate: 44100),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_FLOAT, channels: 3, rate: 8000),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_PCM_U8, tolerance: 0.01),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_ULAW, tolerance: 0.05),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, tolerance: 0.3),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, channels: 2, tolerance: 0.3),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_GSM610, tolerance: nil),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_G721_32, rate: 8000, tolerance: nil),
        Encoding(format: SF_FORMAT_WAV | SF_FORMAT_NMS_ADPCM_16, rate: 8000, tolerance: nil),
        Encoding(format: SF_FORMAT_WAVEX | SF_FORMAT_DOUBLE, channels: 2),
        Encoding(format: SF_FORMAT_RF64 | SF_FORMAT_PCM_16, channels: 2),
        Encoding(format: SF_FORMAT_RF64 | SF_FORMAT_PCM_32),
      ], layout: ChunkLayout.riff.of)
  }
}
