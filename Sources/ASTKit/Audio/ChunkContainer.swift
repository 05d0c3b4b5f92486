/// A container of chunks, walked from end to end before libsndfile sees it.
struct ChunkContainer {
  let layout: ChunkLayout
  /// What the chunk with the samples, or `ds64` in its place, promises.
  let claim: SampleClaim
  /// The description of the samples in a WAV and its kin, empty elsewhere.
  let format: SoundBytes

  /// - Throws: `AudioError.truncated`, `.noEnd` if the file ends before the samples begin,
  ///   `.several` if more than one chunk holds samples or another file follows.
  init(_ bytes: SoundBytes, _ layout: ChunkLayout, path: String) throws(AudioError) {
    var chunks = ChunkWalk(bytes, layout, from: layout.first)
    var format = SoundBytes([UInt8]())
    var frames: Int?
    var wide: ChunkWalk.Chunk?
    while let chunk = chunks.next(), !chunk.holds(layout.samples) {
      if chunk.holds("ds64") { wide = chunk }
      if chunk.holds("fmt ") { format = bytes.part(chunk.start, chunk.length ?? .max) }
      if chunk.holds("COMM"), layout.kind == "AIFF" { frames = Self.bytesByAIFF(chunk, bytes) }
    }
    guard let chunk = chunks.last, chunk.holds(layout.samples) else {
      throw .noEnd(path: path, reason: "the file ends before its samples begin")
    }
    var start = chunk.start + layout.before
    if layout.samples == "SSND" {
      // Samples may begin behind a gap that aligns them.
      start += bytes.int(chunk.start, bigEndian: true) ?? 0
    }
    var claim = SampleClaim(
      start: start, bytes: chunk.length.map { max(0, $0 - (start - chunk.start)) },
      field: .init(
        offset: chunk.lengthOffset, size: layout.lengthSize, bigEndian: layout.bigEndian,
        more: start - chunk.start + (layout.countsHeader ? layout.headerSize : 0)))
    if let wide {
      let length = bytes.number(wide.start + 8, bytes: 8, bigEndian: false) ?? 0
      claim.bytes = SampleClaim.length(length, size: 8)
      claim.field = .init(offset: wide.start + 8, size: 8, bigEndian: false)
    }
    // Chunks that fill the file to its end are no samples, even if none are announced.
    if chunk.raw == 0, wide == nil, bytes.count > chunk.end(0),
      ChunkWalk.fills(bytes, layout, from: chunk.end(0))
    {
      claim.bytes = 0
    }
    try claim.check(bytes, path: path)
    if let frames, let held = claim.bytes, held < frames {
      throw .truncated(path: path, unit: "bytes of samples", expected: frames, found: held)
    }
    if let held = claim.bytes {
      let end = start + held
      // Some writers leave out the byte that aligns the next chunk.
      try Self.checkNothingFollows(bytes, layout, from: end, path: path)
      try Self.checkNothingFollows(
        bytes, layout, from: chunk.end(end - chunk.start), path: path)
    }
    (self.layout, self.claim, self.format) = (layout, claim, format)
  }

  /// The file as libsndfile reads it: its lengths filled in, RF64 for BW64.
  func readable(_ bytes: SoundBytes) -> SoundBytes {
    let mended = claim.mended(bytes)
    guard layout.magic == "BW64" else { return mended }
    return SoundBytes(joining: [SoundBytes(Array("RF64".utf8)), mended.part(4)])
  }

  /// The number in the header for the coding of the samples (1 is PCM, 3 floats, 0x55 MP3).
  var coding: Int? {
    guard let tag = format.int(0, bytes: 2, bigEndian: layout.bigEndian) else { return nil }
    // "Extensible": the coding stands at the beginning of a longer one.
    return tag == 0xFFFE ? format.int(24, bytes: 2, bigEndian: layout.bigEndian) ?? tag : tag
  }

  /// - Throws: `AudioError.channels` or `.sampleRate` for numbers no recording has.
  func checkFormat(path: String) throws(AudioError) {
    guard let channels = format.int(2, bytes: 2, bigEndian: layout.bigEndian),
      let rate = format.int(4, bigEndian: layout.bigEndian)
    else { return }
    guard AudioFile.channels.contains(channels) else {
      throw .channels(path: path, found: channels)
    }
    guard AudioFile.sampleRates.contains(rate) else { throw .sampleRate(path: path, found: rate) }
  }

  /// What kind of file this is, in words.
  var description: String {
    guard let coding else { return layout.name }
    let names = [
      1: "PCM", 2: "MS ADPCM", 3: "floats", 6: "A-law", 7: "mu-law", 0x11: "IMA ADPCM",
      0x31: "GSM 6.10", 0x50: "MPEG audio", 0x55: "MP3", 0xFF: "AAC", 0x161: "WMA",
      0x2000: "AC-3",
    ]
    let bits = format.int(14, bytes: 2, bigEndian: layout.bigEndian).map { ", \($0) bits" } ?? ""
    return "\(layout.name) (\(names[coding] ?? "coding 0x\(String(coding, radix: 16))")\(bits))"
  }

  /// AIFF says the length twice; this is the one counted in frames, as bytes.
  private static func bytesByAIFF(_ chunk: ChunkWalk.Chunk, _ bytes: SoundBytes) -> Int? {
    guard let channels = bytes.int(chunk.start, bytes: 2, bigEndian: true),
      let frames = bytes.number(chunk.start + 2, bytes: 4, bigEndian: true),
      let bits = bytes.int(chunk.start + 6, bytes: 2, bigEndian: true)
    else { return nil }
    return SampleClaim.length(frames, size: 4).map { $0 * channels * ((bits + 7) / 8) }
  }

  private static func checkNothingFollows(
    _ bytes: SoundBytes, _ layout: ChunkLayout, from end: Int, path: String
  ) throws(AudioError) {
    var rest = ChunkWalk(bytes, layout, from: end)
    while let chunk = rest.next() {
      if chunk.holds(layout.samples) {
        throw .several(path: path, what: "more than one chunk of samples in a \(layout.name) file")
      }
      let file = bytes.part(chunk.offset)
      if ChunkLayout.all.contains(where: { $0.matches(file) }) || file.has("OggS")
        || file.has("fLaC")
      {
        throw .several(path: path, what: "a second file joined to it at byte \(chunk.offset)")
      }
    }
  }
}
