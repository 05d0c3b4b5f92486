internal import CSndfile

/// Sounds behind one plain header: AU, NIST SPHERE and the rare ones that libsndfile knows.
package final class HeaderOnlyTarget: SoundTarget, FuzzTarget {
  package static let name = "headers"
  package static let summary = "AU, NIST, VOC, IRCAM, PAF, SVX, PVF, HTK, MAT, AVR, XI, …"

  package init(_ scratch: Scratch) throws {
    let pcm16 = [
      SF_FORMAT_AU, SF_FORMAT_NIST, SF_FORMAT_VOC, SF_FORMAT_IRCAM, SF_FORMAT_PAF, SF_FORMAT_SVX,
      SF_FORMAT_PVF, SF_FORMAT_HTK, SF_FORMAT_MAT4, SF_FORMAT_MAT5, SF_FORMAT_AVR,
      SF_FORMAT_MPC2K,
    ].map { Encoding(format: $0 | SF_FORMAT_PCM_16) }
    try super.init(
      scratch,
      pcm16 + [
        Encoding(format: SF_FORMAT_AU | SF_FORMAT_G723_24, rate: 8000, tolerance: nil),
        Encoding(format: SF_FORMAT_AU | SF_FORMAT_FLOAT | SF_ENDIAN_LITTLE, channels: 2),
        Encoding(format: SF_FORMAT_NIST | SF_FORMAT_ULAW, channels: 2, tolerance: 0.05),
        Encoding(format: SF_FORMAT_PAF | SF_FORMAT_PCM_24, channels: 2),
        Encoding(format: SF_FORMAT_VOC | SF_FORMAT_ALAW, channels: 2, tolerance: 0.05),
        Encoding(format: SF_FORMAT_XI | SF_FORMAT_DPCM_16, rate: 44100, tolerance: nil),
        Encoding(format: SF_FORMAT_WVE | SF_FORMAT_ALAW, rate: 8000, tolerance: 0.05),
      ]
    ) { bytes in
      var layout = Layout()
      layout.addHeader(0..<min(160, bytes.count))
      // NIST's header is text: every letter of a number counts.
      if bytes.holds("NIST", at: 0) { for at in 0..<200 { layout.add(at, 1) } }
      return layout
    }
  }
}
