internal import CSoxr

/// Changes the sampling rate with libsoxr, whole signal at once.
public enum Resampler {
  /// "High quality", of a piece as of the whole.
  static var quality: soxr_quality_spec_t { soxr_quality_spec(UInt(SOXR_HQ), 0) }

  /// One thread: the files are already spread over all cores.
  static var runtime: soxr_runtime_spec_t { soxr_runtime_spec(1) }

  /// Resamples a mono signal at soxr's "high quality" (20 bit): linear phase, pass band to
  /// 0.91 of the lower Nyquist frequency, aliases below -120 dB.
  ///
  /// `samples` [n] at `from` Hz become [about n * to / from] at `to` Hz; at equal rates they
  /// are returned as they are.
  /// - Throws: `AudioError.resampling` with soxr's reason, naming `path`.
  public static func resample(
    _ samples: [Float], from: Int, to: Int, path: String = "a signal"
  ) throws(AudioError) -> [Float] {
    if from == to || samples.isEmpty { return samples }
    guard from > 0, to > 0 else {
      throw .resampling(path: path, reason: "from \(from) Hz to \(to) Hz")
    }
    let room = Int(clamped: (Double(samples.count) * Double(to) / Double(from)).rounded(.up)) + 16
    var quality = quality
    var runtime = runtime
    var reason: String?
    let output = [Float](unsafeUninitializedCapacity: room) { output, count in
      var done = 0
      let error = soxr_oneshot(
        Double(from), Double(to), 1, samples, samples.count, nil, output.baseAddress, room, &done,
        nil, &quality, &runtime)
      if let error { reason = String(cString: error) } else { count = done }
    }
    if let reason { throw .resampling(path: path, reason: reason) }
    return output
  }
}
