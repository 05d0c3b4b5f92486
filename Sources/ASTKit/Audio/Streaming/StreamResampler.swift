internal import CSoxr

/// Changes the sampling rate of a signal that comes in pieces; what it gives is, to the bit,
/// what `Resampler` makes of the whole.
final class StreamResampler {
  private let from: Int
  private let to: Int
  private let path: String
  /// `nil` where the rates are equal and samples pass as they are.
  private let handle: soxr_t?
  private var isEmpty = true

  /// - Parameter path: the file's name, for errors.
  /// - Throws: `AudioError.resampling` with libsoxr's reason.
  init(from: Int, to: Int, path: String) throws(AudioError) {
    (self.from, self.to, self.path) = (from, to, path)
    if from == to {
      handle = nil
      return
    }
    guard from > 0, to > 0 else {
      throw .resampling(path: path, reason: "from \(from) Hz to \(to) Hz")
    }
    var quality = Resampler.quality
    var runtime = Resampler.runtime
    var error: soxr_error_t?
    handle = soxr_create(Double(from), Double(to), 1, &error, nil, &quality, &runtime)
    if let error { throw .resampling(path: path, reason: String(cString: error)) }
  }

  deinit { soxr_delete(handle) }

  /// Takes the next samples and appends those that are ready to `output`.
  /// - Throws: `AudioError.resampling`.
  func add(_ samples: [Float], into output: inout [Float]) throws(AudioError) {
    if samples.isEmpty { return }
    isEmpty = false
    guard let handle else { return output.append(contentsOf: samples) }
    let room = Int(clamped: (Double(samples.count) * Double(to) / Double(from)).rounded(.up)) + 16
    var left = samples.count
    repeat {
      // The samples are taken at the first call, whatever comes out of it.
      let got = try process(handle, samples, left, room, into: &output)
      left = 0
      if got < room { return }
    } while true
  }

  /// Appends what is left when the signal is at its end.
  /// - Throws: `AudioError.resampling`.
  func finish(into output: inout [Float]) throws(AudioError) {
    guard let handle, !isEmpty else { return }
    while try process(handle, nil, 0, 1 << 12, into: &output) > 0 {}
  }

  /// Gives libsoxr `count` samples and takes at most `room`; how many came.
  private func process(
    _ handle: soxr_t, _ samples: [Float]?, _ count: Int, _ room: Int, into output: inout [Float]
  ) throws(AudioError) -> Int {
    var reason: String?
    let piece = [Float](unsafeUninitializedCapacity: room) { buffer, filled in
      func take(_ input: UnsafePointer<Float>?) -> soxr_error_t? {
        soxr_process(handle, input, count, nil, buffer.baseAddress, room, &filled)
      }
      let error = samples.map { $0.withUnsafeBufferPointer { take($0.baseAddress) } } ?? take(nil)
      if let error { reason = String(cString: error) }
    }
    if let reason { throw .resampling(path: path, reason: reason) }
    output += piece
    return piece.count
  }
}
