/// How recordings are cut into windows.
public struct Windows: Hashable, Sendable, Codable {
  /// Where windows lie in recordings that rows annotate.
  public enum Place: String, CaseIterable, Sendable, Codable {
    /// All over the recording: what no row covers is known to have none of the classes.
    case recording
    /// Only inside the rows, for recordings that are annotated in part.
    case rows
  }

  /// Length of a window, and from the start of one to that of the next, in seconds.
  public var length: Double, hop: Double
  /// How many seconds of an annotation a window must hold to take its label: never more than all
  /// of the annotation or of the window. `nil`: a quarter of the shorter of the two.
  public var overlap: Double?
  public var within = Place.recording

  /// - Parameter hop: default: the length, so that windows touch.
  public init(
    length: Double, hop: Double? = nil, overlap: Double? = nil, within: Place = .recording
  ) {
    self.length = length
    self.hop = hop ?? length
    self.overlap = overlap
    self.within = within
  }

  /// - Throws: `EngineError.setting` naming the value that makes no sense.
  public func validate() throws(EngineError) {
    for (name, value) in [("window", length), ("hop", hop)] {
      guard (0.001...3600).contains(value) else {
        throw .setting(name: name, expected: "0.001 to 3600 s", found: "\(value)")
      }
    }
    if let overlap, !(overlap > 0 && overlap <= 3600) {
      throw .setting(name: "overlap", expected: "above 0 and at most 3600 s", found: "\(overlap)")
    }
  }

  /// Times that differ by less, in seconds, are the same: less than half a sample at any rate.
  static let tolerance = 1e-7

  /// The windows over a stretch of sound: from its start every `hop` up to the first that reaches
  /// the end. The last one ends with it.
  public func spans(over whole: ClipSpan) -> [ClipSpan] {
    var spans: [ClipSpan] = []
    while let next = span(number: spans.count, from: whole.start, until: whole.end) {
      spans.append(next)
    }
    return spans
  }

  /// The window of this number; `nil` behind the first that reaches the end.
  func span(number: Int, from start: Double, until end: Double) -> ClipSpan? {
    let begin = Self.neat(start + Double(number) * hop)
    guard begin < end - Self.tolerance else { return nil }
    let before = start + Double(number - 1) * hop + length
    if number > 0, before >= end - Self.tolerance { return nil }
    return ClipSpan(
      start: begin,
      end: begin + length >= end - Self.tolerance ? end : Self.neat(begin + length))
  }

  /// A time without the noise of a sum: 0.3 for 0.1 + 0.2. To the nanosecond, finer than a sample.
  private static func neat(_ seconds: Double) -> Double { (seconds * 1e9).rounded() / 1e9 }

  /// Whether a window takes the label of an annotation.
  func holds(_ window: ClipSpan, _ annotation: ClipSpan) -> Bool {
    // An instant lies in one of two windows that touch.
    if annotation.seconds == 0 { return (window.start..<window.end).contains(annotation.start) }
    let shorter = min(window.seconds, annotation.seconds)
    // Sums of decimal fractions are off by a little.
    return window.overlap(annotation) >= min(overlap ?? shorter / 4, shorter) - 1e-9
  }
}
