internal import CSndfile
import Glibc
import Synchronization

/// Decodes with libsndfile what the containers' own checks let through.
final class SndfileDecoder: SoundDecoder {
  let channels: Int
  let sampleRate: Int
  private let path: String
  private let format: String
  private let allowance: SampleAllowance
  /// libsndfile holds it without counting.
  private let source: VirtualFile
  private let file: OpaquePointer
  /// Frames the header promises; the largest number if it promises none.
  private let promised: Int
  private var frames = 0
  /// For a damaged file libsndfile may count more samples than it writes: begun with zeros, so
  /// that they are the same each time.
  private var buffer: [Float] = []

  /// - Parameters:
  ///   - path: the file's name, for errors.
  ///   - format: what the file is, for errors.
  ///   - allowance: the samples that may be taken.
  /// - Throws: `AudioError.damaged` with libsndfile's reason, `.sampleRate`, `.channels` or
  ///   `.tooLong`.
  init(
    _ bytes: SoundBytes, path: String, format: String, _ allowance: SampleAllowance
  ) throws(AudioError) {
    (self.path, self.format, self.allowance) = (path, format, allowance)
    source = VirtualFile(bytes)
    var info = SF_INFO()
    file = try Self.open(source, &info, path: path, format: format)
    (channels, sampleRate) = (Int(info.channels), Int(info.samplerate))
    promised = Int(info.frames)
    guard AudioFile.sampleRates.contains(sampleRate) else {
      throw .sampleRate(path: path, found: sampleRate)
    }
    guard AudioFile.channels.contains(channels) else {
      throw .channels(path: path, found: channels)
    }
    guard promised == .max || promised <= allowance.left / channels else {
      throw .tooLong(path: path, samples: allowance.most)
    }
    buffer = [Float](repeating: 0, count: max(1, 8192 / channels) * channels)
  }

  deinit { sf_close(file) }

  /// Held while a file is opened, see there.
  static let opening = Mutex(())

  private static func open(
    _ source: VirtualFile, _ info: inout SF_INFO, path: String, format: String
  ) throws(AudioError) -> OpaquePointer {
    var callbacks = VirtualFile.callbacks
    nonisolated(unsafe) let data = Unmanaged.passUnretained(source).toOpaque()
    // The reason of a failed open is one global variable, which opening another file resets.
    nonisolated(unsafe) var failure: String?
    nonisolated(unsafe) let opened = opening.withLock { _ in
      nonisolated(unsafe) let file = sf_open_virtual(&callbacks, Int32(SFM_READ), &info, data)
      if file == nil { failure = sentence(sf_strerror(nil)) }
      return file
    }
    guard let opened else {
      throw .damaged(path: path, format: format, reason: failure ?? "unknown reason")
    }
    return opened
  }

  /// The frame count of a header is a claim: room is made for as much as a clip may have, and
  /// more as it comes.
  var room: Int { max(0, min(promised, 1 << 20)) * min(channels, 8) }

  func next() throws(AudioError) -> [Float] {
    let got = max(0, Int(sf_readf_float(file, &buffer, sf_count_t(buffer.count / channels))))
    frames += got
    guard frames * channels <= allowance.left else {
      throw .tooLong(path: path, samples: allowance.most)
    }
    // The next call would forget the error, and go on behind what could not be decoded.
    if got == 0 || Int(sf_error(file)) != SF_ERR_NO_ERROR { try checkEnd() }
    return Array(buffer[..<(got * channels)])
  }

  private func checkEnd() throws(AudioError) {
    if frames < promised, promised != .max {
      throw .truncated(path: path, unit: "frames", expected: promised, found: frames)
    }
    if Int(sf_error(file)) != SF_ERR_NO_ERROR {
      throw .damaged(path: path, format: format, reason: Self.sentence(sf_strerror(file)))
    }
    if frames == 0 { throw .noSamples(path: path) }
  }

  /// libsndfile's message without its final period.
  private static func sentence(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "unknown reason" }
    let words = String(cString: text)
    return words.hasSuffix(".") ? String(words.dropLast()) : words
  }
}
