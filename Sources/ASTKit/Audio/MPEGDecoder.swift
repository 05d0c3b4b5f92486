internal import CMpg123

/// Decodes one part of an MPEG stream with libmpg123, the library libsndfile uses for it.
final class MPEGDecoder: SoundDecoder {
  let channels: Int
  let sampleRate: Int
  let room: Int
  private let path: String
  private let allowance: SampleAllowance
  private let handle: OpaquePointer
  /// What libmpg123 is fed with, and how much of it it has.
  private let stream: SoundBytes
  private var fed = 0
  /// Frames the part holds without the encoder's own.
  private let expected: Int
  private var frames = 0
  private var isDone = false
  private var buffer = [Float](repeating: 0, count: 8192)

  private static let initialised: Bool = mpg123_init() == Int32(MPG123_OK.rawValue)

  /// - Throws: `AudioError.tooLong`, or `.damaged` if libmpg123 cannot be used.
  init(
    _ part: MPEGStream.Part, path: String, _ allowance: SampleAllowance
  ) throws(AudioError) {
    (channels, sampleRate) = (part.header.channels, part.header.sampleRate)
    (self.path, self.allowance) = (path, allowance)
    guard part.samples * channels <= allowance.left + 8192 else {
      throw .tooLong(path: path, samples: allowance.most)
    }
    // The index lets libmpg123 take the encoder's samples away at both ends. One that counts
    // other frames than there are would have it take away sound.
    let isTrusted = part.index.map { $0.isXing && $0.frames == part.frames } ?? false
    // libmpg123 takes a first frame for one only when it sees the header of a next one.
    stream = SoundBytes(joining: [
      part.indexFrame.prefix(isTrusted ? .max : 0), part.bytes, part.bytes.prefix(4),
    ])
    // libmpg123 itself is 529 samples late, and takes them from the padding.
    let ends = isTrusted ? (part.index?.delay ?? 0) + max(529, part.index?.padding ?? 0) : 0
    expected = max(0, part.samples - ends)
    room = expected * channels
    guard Self.initialised, let handle = mpg123_new(nil, nil) else {
      throw .damaged(path: path, format: "MP3", reason: "libmpg123 cannot be used")
    }
    self.handle = handle
    let flags = MPG123_FORCE_FLOAT.rawValue | MPG123_GAPLESS.rawValue | MPG123_QUIET.rawValue
    _ = mpg123_param(handle, MPG123_REMOVE_FLAGS, Int(MPG123_AUTO_RESAMPLE.rawValue), 0)
    guard mpg123_param(handle, MPG123_ADD_FLAGS, Int(flags), 0) == 0,
      mpg123_open_feed(handle) == 0
    else { throw .damaged(path: path, format: "MP3", reason: "libmpg123 cannot be used") }
  }

  deinit { mpg123_delete(handle) }

  func next() throws(AudioError) -> [Float] {
    while !isDone {
      var (done, status) = (0, Int32(0))
      buffer.withUnsafeMutableBytes {
        status = mpg123_read(handle, $0.baseAddress, $0.count, &done)
      }
      let piece = Array(buffer[..<(done / MemoryLayout<Float>.stride)])
      frames += piece.count / channels
      guard frames * channels <= allowance.left else {
        throw .tooLong(path: path, samples: allowance.most)
      }
      // A new format is said once, before the first samples.
      let goesOn = [MPG123_OK, MPG123_NEW_FORMAT, MPG123_NEED_MORE, MPG123_DONE]
      guard goesOn.contains(where: { $0.rawValue == status }) else { throw failure }
      isDone = status == MPG123_DONE.rawValue
      if !piece.isEmpty { return piece }
      if status == MPG123_NEW_FORMAT.rawValue { continue }
      if status == MPG123_NEED_MORE.rawValue, try feed() { continue }
      isDone = true
    }
    if frames < expected {
      throw .truncated(path: path, unit: "frames", expected: expected, found: frames)
    }
    return []
  }

  /// Gives libmpg123 the next bytes; `false` if there are none.
  private func feed() throws(AudioError) -> Bool {
    let more = stream.part(fed, 1 << 16).contents
    guard !more.isEmpty else { return false }
    fed += more.count
    guard mpg123_feed(handle, more, more.count) == 0 else { throw failure }
    return true
  }

  private var failure: AudioError {
    .damaged(path: path, format: "MP3", reason: String(cString: mpg123_strerror(handle)))
  }
}
