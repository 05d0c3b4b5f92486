/// MPEG audio is a row of frames, nothing more: no header says how long it is. libsndfile
/// guesses from the first ones and stops there, so the frames are counted here.
struct MPEGStream {
  /// Frames that belong together: those behind one index, or with as many channels.
  struct Part {
    let header: MPEGHeader
    let index: MPEGIndex?
    /// The frame with the index.
    let indexFrame: SoundBytes
    var frames = 0
    /// The frames, those that follow each other in one piece.
    fileprivate var pieces: [SoundBytes] = []
    /// The frames, without what stood between them.
    var bytes: SoundBytes { SoundBytes(joining: pieces) }
    /// Bytes of the frames.
    fileprivate var length: Int { pieces.reduce(0) { $0 + $1.count } }
    /// Samples of each channel.
    var samples: Int { frames * header.samples }
  }

  private(set) var parts: [Part] = []

  /// Whether a whole frame begins here, with another one or the end behind it.
  static func starts(_ bytes: SoundBytes) -> Bool {
    guard let header = MPEGHeader(bytes), let length = frameLength(bytes, at: 0, header, nil),
      length <= bytes.count
    else { return false }
    let rest = bytes.part(length)
    return rest.isEmpty || rest.first == 0 || SoundTags.any(rest) != nil
      || MPEGHeader(rest).map { $0.continues(header) } == true
  }

  /// Walks through all frames.
  ///
  /// - Throws: `AudioError.truncated` if the last one is incomplete or an index promises more,
  ///   `.damaged` if bytes between two frames belong to none or a frame claims more sound than it
  ///   has, `.mixed` if the rate
  ///   changes.
  init(_ bytes: SoundBytes, path: String) throws(AudioError) {
    var at = 0
    var free: Int?
    var first: MPEGHeader?
    var cut: AudioError?
    while at < bytes.count {
      if bytes.byte(at) == 0 {
        at += 1
      } else if let header = MPEGHeader(bytes, at: at), first.map(header.continues) ?? true,
        let length = Self.frameLength(bytes, at: at, header, free)
      {
        guard length <= bytes.count - at else {
          cut = .truncated(
            path: path, unit: "bytes in the last MP3 frame", expected: length,
            found: bytes.count - at)
          break
        }
        if header.length == nil { free = free ?? length - (header.isPadded ? 1 : 0) }
        first = first ?? header
        try Self.checkSound(bytes.part(at, length), header, at: at, path)
        add(bytes.part(at, length), header, of: bytes)
        at += length
      } else if let length = SoundTags.any(bytes.part(at)) {
        at += length
      } else if let first, let other = MPEGHeader(bytes, at: at), Self.starts(bytes.part(at)) {
        throw .mixed(path: path, first: first.sampleRate, then: other.sampleRate)
      } else {
        guard let next = Self.nextFrame(bytes, from: at + 1) else { break }
        throw .damaged(
          path: path, format: "MP3",
          reason: "\(next - at) bytes at byte \(at) belong to no frame")
      }
    }
    // An index says more of what is missing.
    for part in parts { try Self.checkIndex(part, path) }
    if let cut { throw cut }
    parts.removeAll { $0.frames == 0 }
  }

  /// A decoder reads what a frame claims to have beyond its end from memory that nobody wrote.
  private static func checkSound(
    _ frame: SoundBytes, _ header: MPEGHeader, at place: Int, _ path: String
  ) throws(AudioError) {
    guard let side = MPEGSideInformation(frame, header) else { return }
    let held = side.borrowed + frame.count - header.sideInfoEnd
    guard side.needed <= held else {
      throw .damaged(
        path: path, format: "MP3",
        reason: "the frame at byte \(place) claims \(side.needed) bytes of sound and has \(held)")
    }
  }

  private mutating func add(
    _ frame: SoundBytes, _ header: MPEGHeader, of bytes: SoundBytes
  ) {
    if let index = MPEGIndex(frame, header) {
      parts.append(Part(header: header, index: index, indexFrame: frame))
      return
    }
    if parts.last?.header.channels != header.channels {
      parts.append(Part(header: header, index: nil, indexFrame: bytes.part(0, 0)))
    }
    let last = parts.count - 1
    parts[last].frames += 1
    if let piece = parts[last].pieces.last, piece.endIndex == frame.startIndex {
      let joined = bytes[piece.startIndex..<frame.endIndex]
      parts[last].pieces[parts[last].pieces.count - 1] = joined
    } else {
      parts[last].pieces.append(frame)
    }
  }

  /// An index may promise fewer frames than there are; then it is not believed.
  private static func checkIndex(_ part: Part, _ path: String) throws(AudioError) {
    guard let index = part.index, let promised = index.frames, part.frames < promised else {
      return
    }
    // Some encoders count the index as a frame; then its number of bytes is right.
    if part.frames == promised - 1, let bytes = index.bytes,
      part.length + part.indexFrame.count >= bytes
    {
      return
    }
    let ends = index.delay + index.padding
    throw .truncated(
      path: path, unit: "frames", expected: max(0, promised * part.header.samples - ends),
      found: max(0, part.samples - index.delay))
  }

  /// In the free format a frame reaches to the next, and all are alike but for the padding.
  private static func frameLength(
    _ bytes: SoundBytes, at offset: Int, _ header: MPEGHeader, _ free: Int?
  ) -> Int? {
    if let length = header.length { return length }
    if let free { return free + (header.isPadded ? 1 : 0) }
    return (24..<8192).first { distance in
      MPEGHeader(bytes, at: offset + distance).map { $0.length == nil && $0.continues(header) }
        ?? false
    }
  }

  /// Where frames go on behind bytes that are none.
  private static func nextFrame(_ bytes: SoundBytes, from start: Int) -> Int? {
    (start..<max(start, bytes.count - 3)).first {
      bytes.byte($0) == 0xFF && starts(bytes.part($0))
    }
  }
}
