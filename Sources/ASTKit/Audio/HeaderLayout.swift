/// A format of one header with the samples behind it: how it is told and what it promises.
struct HeaderLayout: Equatable, Sendable {
  let name: String
  let matches: @Sendable (SoundBytes) -> Bool
  /// What the header promises; `nil` for a format or a header without a length.
  let claim: @Sendable (SoundBytes) -> SampleClaim?

  static func == (a: HeaderLayout, b: HeaderLayout) -> Bool { a.name == b.name }

  init(
    _ name: String, _ matches: @escaping @Sendable (SoundBytes) -> Bool,
    claim: @escaping @Sendable (SoundBytes) -> SampleClaim? = { _ in nil }
  ) {
    (self.name, self.matches, self.claim) = (name, matches, claim)
  }

  /// Those libsndfile reads. Of PAF, IRCAM and PVF the header has no length.
  static let all = [
    HeaderLayout("AU", { $0.has(".snd") || $0.has("dns.") }) { bytes in
      let big = bytes.has(".snd")
      return bytes.int(4, bigEndian: big).map {
        claim(bytes, start: $0, length: 8, bigEndian: big)
      }
    },
    HeaderLayout("NIST SPHERE", { $0.has("NIST_1A") }, claim: sphere),
    HeaderLayout("VOC", { $0.has("Creative Voice File\u{1A}") }, claim: VOCBlocks.claim),
    HeaderLayout("MAT4", { $0.has(mat4Big) || $0.has(mat4Little) }, claim: mat4),
    HeaderLayout("MAT5", { $0.has("MATLAB 5") }, claim: MAT5Header.claim),
    HeaderLayout("XI", { $0.has("Extended Instrument:") }) { bytes in
      guard let count = bytes.int(296, bytes: 2, bigEndian: false), count > 0 else { return nil }
      // A header of 40 bytes for each sample, its size first.
      let sizes = (0..<min(count, 16)).map { bytes.int(298 + 40 * $0, bigEndian: false) ?? 0 }
      return SampleClaim(start: 298 + 40 * count, bytes: sizes.reduce(0, +))
    },
    HeaderLayout("HTK", isHTK) { bytes in
      bytes.int(0, bigEndian: true).map { SampleClaim(start: 12, bytes: 2 * $0) }
    },
    HeaderLayout("AVR", { $0.has("2BIT") }) { bytes in
      guard let stereo = bytes.int(12, bytes: 2, bigEndian: true),
        let bits = bytes.int(14, bytes: 2, bigEndian: true),
        let frames = bytes.number(26, bytes: 4, bigEndian: true)
      else { return nil }
      let width = (stereo & 1 + 1) * bits / 8
      return SampleClaim(
        start: 128, bytes: SampleClaim.length(frames, size: 4).map { $0 * width })
    },
    HeaderLayout("WVE", { $0.has("ALawSoundFile") }) {
      claim($0, start: 32, length: 18, bigEndian: true)
    },
    HeaderLayout("MPC 2000", { $0.has([1, 4]) }) { bytes in
      guard let stereo = bytes.byte(21), let frames = bytes.number(30, bytes: 4, bigEndian: false)
      else { return nil }
      let width = stereo == 0 ? 2 : 4
      return SampleClaim(
        start: 42, bytes: SampleClaim.length(frames, size: 4).map { $0 * width })
    },
    HeaderLayout("PAF", { $0.has(" paf") || $0.has("fap ") }),
    HeaderLayout("PVF", { $0.has("PVF1") }),
    HeaderLayout("IRCAM", { $0.has([0x64, 0xA3]) || $0.has([0xA3, 0x64], at: 2) }),
  ]

  /// A claim of four bytes at `length`.
  private static func claim(
    _ bytes: SoundBytes, start: Int, length: Int, bigEndian: Bool
  ) -> SampleClaim {
    let value = bytes.number(length, bytes: 4, bigEndian: bigEndian) ?? 0
    return SampleClaim(
      start: start, bytes: SampleClaim.length(value, size: 4),
      field: .init(offset: length, size: 4, bigEndian: bigEndian))
  }

  /// Lines of text: "sample_count -i 16000".
  private static func sphere(_ bytes: SoundBytes) -> SampleClaim? {
    let lines = String(decoding: bytes.prefix(1024), as: UTF8.self).split(separator: "\n")
    guard lines.count > 1, let start = Int(lines[1].trimming { $0 == " " }) else { return nil }
    func field(_ name: String) -> Int? {
      let words = lines.lazy.map { $0.split(separator: " ") }.first { $0.first == name[...] }
      return words.flatMap { $0.count > 2 ? Int($0[2]) : nil }
    }
    guard let frames = field("sample_count"), frames > 0,
      let promised = SampleClaim.length(UInt64(frames), size: 8)
    else { return SampleClaim(start: start) }
    let width = (field("channel_count") ?? 1, field("sample_n_bytes") ?? 1)
    let (frame, tooWide) = width.0.multipliedReportingOverflow(by: width.1)
    let (size, tooLong) = promised.multipliedReportingOverflow(by: frame)
    return SampleClaim(start: start, bytes: tooWide || tooLong ? .max : size)
  }

  private static let mat4Big: [UInt8] = [0, 0, 3, 0xE8, 0, 0, 0, 1, 0, 0, 0, 1]
  private static let mat4Little: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]

  /// Two matrices, each with kind, rows, columns and the length of its name: the rate, and the
  /// samples with a row for each channel.
  private static func mat4(_ bytes: SoundBytes) -> SampleClaim? {
    let big = bytes.has(mat4Big)
    guard let rateName = bytes.int(16, bigEndian: big) else { return nil }
    let at = 20 + rateName + 8
    guard let kind = bytes.int(at, bigEndian: big), let rows = bytes.int(at + 4, bigEndian: big),
      let columns = bytes.number(at + 8, bytes: 4, bigEndian: big),
      let name = bytes.int(at + 16, bigEndian: big)
    else { return nil }
    // The tens of the kind: float64, float32, int32, int16.
    let widths = [8, 4, 4, 2]
    let width = kind / 10 % 10 < 4 ? widths[kind / 10 % 10] : 1
    let frames = SampleClaim.length(columns, size: 4)
    return SampleClaim(start: at + 20 + name, bytes: frames.map { $0 * min(rows, 1 << 16) * width })
  }

  /// Samples of two bytes, marked as a waveform, with a period of 100 ns units that gives a
  /// sampling rate. libsndfile takes one only if its length is right.
  private static func isHTK(_ bytes: SoundBytes) -> Bool {
    guard bytes.has([0, 2, 0, 0], at: 8), let count = bytes.int(0, bigEndian: true), count > 0,
      let period = bytes.int(4, bigEndian: true)
    else { return false }
    return (1...100_000).contains(period) && 2 * count + 12 >= bytes.count
  }
}

extension Substring {
  fileprivate func trimming(_ drop: (Character) -> Bool) -> Substring {
    let front = self.drop(while: drop)
    return front[..<(front.lastIndex { !drop($0) }.map(front.index(after:)) ?? front.startIndex)]
  }
}
