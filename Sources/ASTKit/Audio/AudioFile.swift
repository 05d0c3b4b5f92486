internal import CSndfile
import Synchronization

/// A decoded sound: interleaved samples, nominally in [-1, 1], at the file's own rate.
public struct Recording: Sendable, Equatable {
  /// `frames * channels` samples, the channels of one instant side by side.
  public var samples: [Float]
  public var channels: Int
  /// Frames a second, in Hz.
  public var sampleRate: Int

  public init(samples: [Float], channels: Int, sampleRate: Int) {
    self.samples = samples
    self.channels = channels
    self.sampleRate = sampleRate
  }

  /// Instants in time.
  public var frames: Int { channels > 0 ? samples.count / channels : 0 }
  /// Length in seconds.
  public var seconds: Double { sampleRate > 0 ? Double(frames) / Double(sampleRate) : 0 }

  /// The mean of the channels: `frames` samples.
  public func mono() -> [Float] {
    if channels == 1 { return samples }
    let scale = 1 / Float(channels)
    return [Float](unsafeUninitializedCapacity: frames) { output, count in
      samples.withUnsafeBufferPointer { samples in
        for frame in 0..<frames {
          var sum: Float = 0
          for at in (frame * channels)..<((frame + 1) * channels) { sum += samples[at] }
          output[frame] = sum * scale
        }
      }
      count = frames
    }
  }
}

/// Reads every sound file libsndfile can: WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF, AU, CAF, …
public enum AudioFile {
  /// Sampling rates taken for real, in Hz. A header with 1 Hz would ask for 16,000 times the
  /// file's memory.
  public static let sampleRates = 1000...1_536_000

  /// Samples of a file, all channels counted, that are taken at most: 25 minutes in stereo at
  /// 44.1 kHz. A few hundred kilobytes of silence can decode to gigabytes.
  public static let mostSamples = 1 << 27

  /// Endings (lower case, without the point) that mark a sound file in a folder: those of the
  /// formats libsndfile tells by their first bytes, but for a few rare ones whose endings
  /// mostly mean something else (`.mat`, `.sf`, `.xi`).
  public static let extensions: Set<String> = [
    "wav", "wave", "bwf", "w64", "rf64", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff",
    "aifc", "au", "snd", "caf", "sph", "nist", "voc",
  ]

  /// Decodes a whole file.
  /// - Throws: `AudioError`, naming the file and what is wrong with it. A file that ends
  ///   before its header says is an error, not a shorter recording.
  public static func read(_ path: String) throws(AudioError) -> Recording {
    try decode(try FileBytes.read(path), path: path)
  }

  /// Decodes the bytes of the file at `path` (used for the messages only).
  static func decode(
    _ bytes: [UInt8], path: String, mostSamples: Int = mostSamples
  ) throws(AudioError) -> Recording {
    if bytes.isEmpty { throw .empty(path: path) }
    try ContainerEnd.check(bytes, path: path)
    try NISTHeader.check(bytes, path: path)
    // Typed throws do not pass through withUnsafeBytes' rethrowing closure.
    let result = bytes.withUnsafeBytes { raw -> Result<Recording, AudioError> in
      do throws(AudioError) {
        return .success(try decode(raw, path: path, mostSamples))
      } catch {
        return .failure(error)
      }
    }
    let recording = try result.get()
    if let bad = recording.samples.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(path: path, frame: bad / recording.channels)
    }
    return recording
  }

  private static func decode(
    _ raw: UnsafeRawBufferPointer, path: String, _ mostSamples: Int
  ) throws(AudioError) -> Recording {
    var source = MemoryFile(bytes: raw)
    return try withUnsafeMutablePointer(to: &source) {
      pointer throws(AudioError) -> Recording in
      var callbacks = MemoryFile.callbacks
      var info = SF_INFO()
      // The reason of a failed open is one global variable, which opening another file resets.
      nonisolated(unsafe) var failure: (code: Int, reason: String)?
      nonisolated(unsafe) let opened = opening.withLock { _ in
        nonisolated(unsafe) let file = sf_open_virtual(
          &callbacks, Int32(SFM_READ), &info, pointer)
        if file == nil { failure = (Int(sf_error(nil)), sentence(sf_strerror(nil))) }
        return file
      }
      guard let file = opened else {
        let code = failure?.code ?? SF_ERR_NO_ERROR
        if code == SF_ERR_UNRECOGNISED_FORMAT || code == SF_ERR_NO_ERROR {
          throw .notAudio(path: path, looksLike: FileSniffer.guess(raw))
        }
        throw .damaged(path: path, reason: failure?.reason ?? "unknown reason")
      }
      defer { sf_close(file) }
      return try decode(file, info, raw, path: path, mostSamples)
    }
  }

  private static let opening = Mutex(())

  private static func decode(
    _ file: OpaquePointer, _ info: SF_INFO, _ raw: UnsafeRawBufferPointer, path: String,
    _ mostSamples: Int
  ) throws(AudioError) -> Recording {
    let rate = Int(info.samplerate)
    guard sampleRates.contains(rate) else { throw .sampleRate(path: path, found: rate) }
    let channels = Int(info.channels)
    guard channels > 0 else { throw .noSamples(path: path) }

    // The frame count of a header is a claim: room is made for as much as a clip may have, and
    // more as it comes.
    let promised = Int(info.frames)
    let isMP3 = Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_MPEG
    let isEstimate = promised == .max || (isMP3 && !ContainerEnd.hasFrameIndex(raw))
    // Some codecs make silence of what is not there, for minutes.
    guard isEstimate || promised <= mostSamples / channels else {
      throw .tooLong(path: path, samples: mostSamples)
    }
    var samples: [Float] = []
    samples.reserveCapacity(max(0, min(promised, 1 << 20)) * min(channels, 8))
    let pieceFrames = max(1, 8192 / channels)
    var piece = [Float](repeating: 0, count: pieceFrames * channels)
    while true {
      let got = Int(sf_readf_float(file, &piece, sf_count_t(pieceFrames)))
      if got <= 0 { break }
      guard samples.count + got * channels <= mostSamples else {
        throw .tooLong(path: path, samples: mostSamples)
      }
      samples.append(contentsOf: piece[..<(got * channels)])
    }
    let frames = samples.count / channels
    if frames < promised, !isEstimate {
      throw .truncated(path: path, unit: "frames", expected: promised, found: frames)
    }
    if Int(sf_error(file)) != SF_ERR_NO_ERROR {
      throw .damaged(path: path, reason: sentence(sf_strerror(file)))
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
