internal import CSndfile
import Glibc
import Synchronization

/// Decodes with libsndfile what the containers' own checks let through.
struct SndfileDecoder {
  /// The file's name, for errors.
  let path: String
  /// What the file is, for errors.
  let format: String
  /// Samples that are taken at most, all channels counted.
  let mostSamples: Int
  /// How many of them the streams before this one in the file have taken.
  var taken = 0

  /// Looks at the header of a large file, which may claim more than is read of any; several of
  /// them, one on each core, would exhaust the memory before their decoders could tell.
  /// - Throws: `AudioError.tooLong`.
  static func checkLength(_ descriptor: Int32, path: String) throws(AudioError) {
    var first = [UInt8](repeating: 0, count: 64)
    let got = pread(descriptor, &first, first.count, 0)
    // Of the others libsndfile knows no more than an estimate, or prints what is wrong.
    switch SoundFormat(first.prefix(max(0, got))) {
    case .chunks, .flac, .plain: break
    default: return
    }
    var info = SF_INFO()
    guard let file = sf_open_fd(descriptor, Int32(SFM_READ), &info, Int32(SF_FALSE)) else { return }
    sf_close(file)
    let channels = max(1, Int(info.channels))
    if info.frames != .max, Int(info.frames) > AudioFile.mostSamples / channels {
      throw .tooLong(path: path, samples: AudioFile.mostSamples)
    }
  }

  /// All samples of one stream.
  /// - Throws: `AudioError`. Less than the header promises is an error.
  func decode(_ bytes: ArraySlice<UInt8>) throws(AudioError) -> Recording {
    // Typed throws do not pass through withUnsafeBytes' rethrowing closure.
    let result = bytes.withUnsafeBytes { raw -> Result<Recording, AudioError> in
      do throws(AudioError) { return .success(try decode(raw)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func decode(_ raw: UnsafeRawBufferPointer) throws(AudioError) -> Recording {
    var source = MemoryFile(bytes: raw)
    return try withUnsafeMutablePointer(to: &source) { pointer throws(AudioError) -> Recording in
      var callbacks = MemoryFile.callbacks
      var info = SF_INFO()
      // The reason of a failed open is one global variable, which opening another file resets.
      nonisolated(unsafe) var failure: String?
      nonisolated(unsafe) let opened = Self.opening.withLock { _ in
        nonisolated(unsafe) let file = sf_open_virtual(
          &callbacks, Int32(SFM_READ), &info, pointer)
        if file == nil { failure = Self.sentence(sf_strerror(nil)) }
        return file
      }
      guard let file = opened else {
        throw .damaged(path: path, format: format, reason: failure ?? "unknown reason")
      }
      defer { sf_close(file) }
      return try decode(file, info)
    }
  }

  private static let opening = Mutex(())

  private func decode(_ file: OpaquePointer, _ info: SF_INFO) throws(AudioError) -> Recording {
    let rate = Int(info.samplerate)
    guard AudioFile.sampleRates.contains(rate) else {
      throw .sampleRate(path: path, found: rate)
    }
    let channels = Int(info.channels)
    guard AudioFile.channels.contains(channels) else {
      throw .channels(path: path, found: channels)
    }
    let promised = Int(info.frames)
    guard promised == .max || promised <= (mostSamples - taken) / channels else {
      throw .tooLong(path: path, samples: mostSamples)
    }

    // The frame count of a header is a claim: room is made for as much as a clip may have, and
    // more as it comes.
    var samples: [Float] = []
    samples.reserveCapacity(max(0, min(promised, 1 << 20)) * min(channels, 8))
    let pieceFrames = max(1, 8192 / channels)
    var piece = [Float](repeating: 0, count: pieceFrames * channels)
    while true {
      let got = max(0, Int(sf_readf_float(file, &piece, sf_count_t(pieceFrames))))
      guard taken + samples.count + got * channels <= mostSamples else {
        throw .tooLong(path: path, samples: mostSamples)
      }
      samples.append(contentsOf: piece[..<(got * channels)])
      // The next call would forget the error, and go on behind what could not be decoded.
      if got == 0 || Int(sf_error(file)) != SF_ERR_NO_ERROR { break }
    }
    let frames = samples.count / channels
    if frames < promised, promised != .max {
      throw .truncated(path: path, unit: "frames", expected: promised, found: frames)
    }
    if Int(sf_error(file)) != SF_ERR_NO_ERROR {
      throw .damaged(path: path, format: format, reason: Self.sentence(sf_strerror(file)))
    }
    if frames == 0 { throw .noSamples(path: path) }
    return Recording(samples: samples, channels: channels, sampleRate: rate)
  }

  /// libsndfile's message without its final period.
  private static func sentence(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "unknown reason" }
    let words = String(cString: text)
    return words.hasSuffix(".") ? String(words.dropLast()) : words
  }
}
