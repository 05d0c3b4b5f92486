internal import CMpg123

/// Decodes MPEG audio with libmpg123, the library libsndfile uses for it.
enum MPEGDecoder {
  /// All frames of a stream, the parts of a joined one after each other.
  static func decode(
    _ bytes: ArraySlice<UInt8>, path: String, mostSamples: Int
  ) throws(AudioError) -> Recording {
    var recordings: [Recording] = []
    var left = mostSamples
    for part in try MPEGStream(bytes, path: path).parts {
      let claimed = part.samples * part.header.channels
      guard claimed <= left + 8192 else { throw .tooLong(path: path, samples: mostSamples) }
      let recording = try decode(part, path: path)
      left -= recording.samples.count
      guard left >= 0 else { throw .tooLong(path: path, samples: mostSamples) }
      recordings.append(recording)
    }
    return try Recording.joined(recordings, path: path)
  }

  private static let initialised: Bool = mpg123_init() == Int32(MPG123_OK.rawValue)

  private static func decode(
    _ part: MPEGStream.Part, path: String
  ) throws(AudioError) -> Recording {
    func failure(_ reason: String) -> AudioError {
      .damaged(path: path, format: "MP3", reason: reason)
    }
    guard initialised, let handle = mpg123_new(nil, nil) else {
      throw failure("libmpg123 cannot be used")
    }
    defer { mpg123_delete(handle) }
    let flags = MPG123_FORCE_FLOAT.rawValue | MPG123_GAPLESS.rawValue | MPG123_QUIET.rawValue
    _ = mpg123_param(handle, MPG123_REMOVE_FLAGS, Int(MPG123_AUTO_RESAMPLE.rawValue), 0)
    guard mpg123_param(handle, MPG123_ADD_FLAGS, Int(flags), 0) == 0,
      mpg123_open_feed(handle) == 0
    else { throw failure("libmpg123 cannot be used") }

    // The index lets libmpg123 take the encoder's samples away at both ends. One that counts
    // other frames than there are would have it take away sound.
    let isTrusted = part.index.map { $0.isXing && $0.frames == part.frames } ?? false
    let index = isTrusted ? Array(part.indexFrame) : []
    // libmpg123 takes a first frame for one only when it sees the header of a next one.
    let stream = index + part.bytes + part.bytes.prefix(4)
    guard mpg123_feed(handle, stream, stream.count) == 0 else {
      throw failure(String(cString: mpg123_strerror(handle)))
    }
    // libmpg123 itself is 529 samples late, and takes them from the padding.
    let ends = isTrusted ? (part.index?.delay ?? 0) + max(529, part.index?.padding ?? 0) : 0
    let expected = max(0, part.samples - ends)
    let samples = try read(handle, room: expected * part.header.channels, failure)
    let recording = Recording(
      samples: samples, channels: part.header.channels, sampleRate: part.header.sampleRate)
    if recording.frames < expected {
      throw .truncated(path: path, unit: "frames", expected: expected, found: recording.frames)
    }
    return recording
  }

  /// What the handle still gives.
  private static func read(
    _ handle: OpaquePointer, room: Int, _ failure: (String) -> AudioError
  ) throws(AudioError) -> [Float] {
    var samples: [Float] = []
    samples.reserveCapacity(room)
    var piece = [Float](repeating: 0, count: 8192)
    while true {
      var done = 0
      let status = piece.withUnsafeMutableBytes {
        mpg123_read(handle, $0.baseAddress, $0.count, &done)
      }
      samples.append(contentsOf: piece[..<(done / MemoryLayout<Float>.stride)])
      if status == MPG123_NEED_MORE.rawValue || status == MPG123_DONE.rawValue { return samples }
      // Said once, before the first samples.
      guard status == MPG123_OK.rawValue || status == MPG123_NEW_FORMAT.rawValue else {
        throw failure(String(cString: mpg123_strerror(handle)))
      }
      if status == MPG123_OK.rawValue, done == 0 { return samples }
    }
  }
}
