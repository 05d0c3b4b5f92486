import ASTKit

/// A sound file read twice, as a whole and piece by piece.
enum StreamedSound {
  /// The recording in a file.
  /// - Parameter rate: to which both are resampled before they are compared, in Hz.
  /// - Throws: `AudioError`, or `BrokenPromise` if the stream gives other samples, another
  ///   length or another error.
  static func checkedRead(_ path: String, rate: Int) throws -> Recording {
    let recording: Recording
    do throws(AudioError) {
      recording = try AudioFile.read(path)
    } catch {
      // What is too long to be held is not too long to be streamed, only for a test.
      if case .tooLong = error { throw error }
      try check(path, rate, expected: nil, 0, error)
      throw error
    }
    let samples = try Resampler.resample(
      recording.mono(), from: recording.sampleRate, to: rate, path: path)
    try check(path, rate, expected: samples, recording.seconds, nil)
    return recording
  }

  private static func check(
    _ path: String, _ rate: Int, expected: [Float]?, _ seconds: Double, _ refusal: AudioError?
  ) throws {
    do {
      let stream = try SoundStream(path, sampleRate: rate)
      var streamed: [Float] = []
      while true {
        let piece = try stream.next()
        if piece.isEmpty { break }
        streamed += piece
      }
      guard let expected else { throw BrokenPromise("refused, and streamed without an error") }
      guard stream.seconds == seconds, streamed.count == expected.count,
        zip(streamed, expected).allSatisfy({ $0.bitPattern == $1.bitPattern })
      else { throw BrokenPromise("streamed to other samples") }
    } catch let error as AudioError {
      guard isSame(error, refusal) else {
        throw BrokenPromise(
          "streamed: \(error.reason); as a whole: \(refusal?.reason ?? "no error")")
      }
    }
  }

  /// The library's own reason of a failed open is one variable of the process, which the encoder of
  /// another sample may reset.
  private static func isSame(_ one: AudioError, _ other: AudioError?) -> Bool {
    if case .damaged(let path, let format, _) = one,
      case .damaged(path, format, _)? = other
    {
      return true
    }
    return one == other
  }
}
