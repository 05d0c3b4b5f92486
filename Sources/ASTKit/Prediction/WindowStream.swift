import Glibc

/// The windows of a recording of any length, one after the other, in memory that does not grow with
/// it: what a data set makes of the same recording, to the bit.
final class WindowStream {
  /// A window and its sound.
  struct Window {
    let span: ClipSpan
    let sound: ClipSource.Sound
  }

  private let path: String
  private let extractor: FeatureExtractor
  private let windows: Windows
  private let stream: SoundStream
  /// Samples from `first` on.
  private var samples: [Float] = []
  private var first = 0
  private var isAtEnd = false
  private var number = 0
  private var peak: Float = 0

  /// - Throws: `AudioError`
  init(_ path: String, _ extractor: FeatureExtractor, _ windows: Windows) throws(AudioError) {
    (self.path, self.extractor, self.windows) = (path, extractor, windows)
    let settings = extractor.settings
    stream = try SoundStream(path, sampleRate: settings.sampleRate, channel: settings.channel)
  }

  /// Seconds decoded so far: at the end, the length of the recording.
  var seconds: Double { stream.seconds }

  /// What the recording is like, behind the last window; whether it is clipped is not looked at.
  var facts: SoundFacts {
    SoundFacts(
      sampleRate: stream.sourceRate, channels: stream.channels,
      isSilent: peak < SoundFacts.silence)
  }

  /// Bytes of a file from which on it is not held in memory.
  private static let long = 1 << 26

  /// Whether a file is read in this way: a long one, cut into windows all over it.
  static func suits(_ path: String, _ windows: Windows?) -> Windows? {
    guard let windows, windows.within == .recording,
      let size = Disk.status(path)?.st_size, Int(size) > long
    else { return nil }
    return windows
  }

  /// The next window; `nil` behind the last.
  /// - Throws: `AudioError`
  func next() throws(AudioError) -> Window? {
    guard let (span, waveform) = try nextSamples() else { return nil }
    let settings = extractor.settings
    if settings.kind == .waveform { return Window(span: span, sound: .waveform(waveform)) }
    var part = waveform
    let missing = extractor.frameLength - part.samples.count
    if missing > 0 { part.samples += [Float](repeating: 0, count: missing) }
    return Window(span: span, sound: .logMel(try extractor.logMel(part, path: path)))
  }

  /// The samples of the next window; `nil` behind the last.
  /// - Throws: `AudioError`
  func nextSamples() throws(AudioError) -> (span: ClipSpan, waveform: Waveform)? {
    let start = Double(number) * windows.hop
    try read(until: start + windows.length)
    let end = isAtEnd ? stream.seconds : .infinity
    guard let span = windows.span(number: number, from: 0, until: end) else {
      try checkLength()
      return nil
    }
    number += 1
    let rate = extractor.settings.sampleRate
    let range = ClipRange(span, of: end, rate: rate)
    forget(before: range.start)
    let own = range.clamped(first + samples.count)
    var part = Array(samples[(own.lowerBound - first)..<(own.upperBound - first)])
    let settings = extractor.settings
    if settings.short == .loop { part = part.looped(to: settings.samplesSeen) }
    return (span, Waveform(samples: part, seconds: span.seconds))
  }

  /// Reads up to a time, and so far behind it that the end is known to be another one.
  private func read(until seconds: Double) throws(AudioError) {
    let wanted = Int(clamped: (seconds * Double(extractor.settings.sampleRate)).rounded()) + 16
    while !isAtEnd, first + samples.count < wanted {
      let piece = try stream.next()
      isAtEnd = piece.isEmpty
      samples += piece
      peak = piece.reduce(peak) { max($0, abs($1)) }
    }
  }

  private func forget(before start: Int) {
    let gone = min(start - first, samples.count)
    guard gone > 0 else { return }
    samples.removeFirst(gone)
    first += gone
  }

  /// A recording without a window has no sample at the features' rate.
  private func checkLength() throws(AudioError) {
    guard number == 0 else { return }
    throw .tooShort(
      path: path, samples: 0, needed: 1, sampleRate: extractor.settings.sampleRate)
  }
}
