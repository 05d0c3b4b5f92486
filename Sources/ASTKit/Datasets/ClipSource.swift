/// A recording that clips are cut from: decoded when its samples are first needed.
///
/// Times are those of the recording. Its samples are resampled as a whole, and a clip begins at
/// the sample nearest to its time: what is cut does not depend on what is cut beside it.
final class ClipSource {
  /// The sound of a clip, as its features need it.
  enum Sound {
    case logMel(LogMel)
    case waveform(Waveform)
  }

  private let file: SoundFile
  private let extractor: FeatureExtractor
  private var decoded: Waveform?
  private var spectrogram: LogMel?

  init(_ file: SoundFile, _ extractor: FeatureExtractor) {
    (self.file, self.extractor) = (file, extractor)
  }

  private var settings: FeatureSettings { extractor.settings }

  /// Length of the recording.
  /// - Throws: `AudioError`
  func seconds() throws(AudioError) -> Double {
    if let decoded { return decoded.seconds }
    // A spectrogram on disk knows it, too.
    if settings.kind == .logMel, let logMel = try keptSpectrogram() { return logMel.seconds }
    return try samples().seconds
  }

  /// What the recording is like, once its length or a sound was asked for.
  var facts: SoundFacts? { decoded?.facts ?? spectrogram?.facts }

  /// The sound of a part, or of all of it.
  ///
  /// - Parameter fillsFrame: whether a part that is shorter than one frame of a spectrogram is
  ///   filled with silence up to that; such parts are an error otherwise.
  /// - Throws: `AudioError`, `.tooShort` included.
  func sound(_ span: ClipSpan?, fillsFrame: Bool) throws(AudioError) -> Sound {
    if settings.kind == .waveform { return .waveform(try waveform(span)) }
    guard let span else {
      if try !isLooped(nil) {
        if let spectrogram { return .logMel(spectrogram) }
        let whole = try extractor.logMel(file)
        spectrogram = whole
        return .logMel(whole)
      }
      return .logMel(try logMel(nil, fillsFrame: fillsFrame))
    }
    let seconds = try seconds()
    let range = ClipRange(span, of: seconds, rate: settings.sampleRate)
    if try !isLooped(span), let rows = range.rows(hop: extractor.frameHop, extractor.frameLength),
      let whole = try keptSpectrogram(), rows.upperBound <= whole.frames
    {
      let bins = settings.melBins
      return .logMel(
        LogMel(
          values: Array(whole.values[(rows.lowerBound * bins)..<(rows.upperBound * bins)]),
          frames: rows.count, seconds: span.seconds))
    }
    return .logMel(try logMel(span, fillsFrame: fillsFrame))
  }

  /// The spectrogram of the whole recording, where it has one.
  private func keptSpectrogram() throws(AudioError) -> LogMel? {
    if let spectrogram { return spectrogram }
    do throws(AudioError) {
      spectrogram = try extractor.logMel(file)
    } catch {
      guard case .tooShort = error else { throw error }
    }
    return spectrogram
  }

  private func samples() throws(AudioError) -> Waveform {
    if let decoded { return decoded }
    let whole = try extractor.waveform(file)
    decoded = whole
    return whole
  }

  /// The samples of a part, or of all of it, at the rate of the features.
  /// - Throws: `AudioError`, `.tooShort` included.
  func waveform(_ span: ClipSpan?) throws(AudioError) -> Waveform {
    let whole = try samples()
    var part = whole
    if let span {
      let range = ClipRange(span, of: whole.seconds, rate: settings.sampleRate)
        .clamped(whole.samples.count)
      part = Waveform(samples: Array(whole.samples[range]), seconds: span.seconds)
      if part.samples.isEmpty {
        throw .tooShort(
          path: file.path, samples: 0, needed: 1, sampleRate: settings.sampleRate)
      }
    }
    if settings.short == .loop { part.samples = part.samples.looped(to: settings.samplesSeen) }
    return part
  }

  private func logMel(_ span: ClipSpan?, fillsFrame: Bool) throws(AudioError) -> LogMel {
    var part = try waveform(span)
    let missing = extractor.frameLength - part.samples.count
    if fillsFrame, missing > 0 { part.samples += [Float](repeating: 0, count: missing) }
    return try extractor.logMel(part, path: file.path)
  }

  private func isLooped(_ span: ClipSpan?) throws(AudioError) -> Bool {
    guard settings.short == .loop else { return false }
    var seconds = span?.seconds ?? 0
    if span == nil { seconds = try self.seconds() }
    return seconds * Double(settings.sampleRate) < Double(settings.samplesSeen)
  }
}

/// Samples of a part of a recording at the rate of its features.
struct ClipRange: Equatable {
  let start: Int
  /// `nil`: to the end.
  let end: Int?

  /// - Parameter seconds: length of the recording.
  init(_ span: ClipSpan, of seconds: Double, rate: Int) {
    func sample(_ time: Double) -> Int { Int(clamped: (time * Double(rate)).rounded()) }
    start = sample(span.start)
    end = span.end >= seconds - Windows.tolerance ? nil : sample(span.end)
    whole = sample(seconds)
  }

  private let whole: Int

  /// The range in so many samples.
  func clamped(_ count: Int) -> Range<Int> {
    let upper = min(end ?? count, count)
    return min(start, upper)..<upper
  }

  /// Rows of the recording's spectrogram that are those of the part: frames do not reach over its
  /// edges. `nil` where its frames are others, or it has none.
  func rows(hop: Int, _ frameLength: Int) -> Range<Int>? {
    let count = (end ?? whole) - start
    guard start % hop == 0, count >= frameLength else { return nil }
    return (start / hop)..<(start / hop + 1 + (count - frameLength) / hop)
  }
}

extension FeatureSettings {
  /// Samples that the model looks at.
  var samplesSeen: Int {
    switch kind {
    case .logMel: (frames - 1) * (sampleRate * 10 / 1000) + sampleRate * 25 / 1000
    case .waveform: samples
    }
  }
}

extension [Float] {
  /// These numbers again and again, up to so many; more stay as they are.
  func looped(to wanted: Int) -> [Float] {
    guard !isEmpty, count < wanted else { return self }
    return [Float](unsafeUninitializedCapacity: wanted) { buffer, filled in
      for i in 0..<wanted { buffer[i] = self[i % count] }
      filled = wanted
    }
  }
}
