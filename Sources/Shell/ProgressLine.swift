/// What to send to a terminal to keep one live line, at most ten times a second.
struct ProgressLine {
  /// Seconds between two redraws.
  static let interval = 0.1

  /// Takes away what stands on the line.
  static let clear = Array("\r\u{1B}[K".utf8)

  private var isShown = false
  private var lastDrawn = -Double.infinity

  /// The bytes that put `line` in place of the last one, cut to the window; `nil` when the
  /// last one is too recent.
  mutating func bytes(showing line: String, columns: Int, now: Double) -> [UInt8]? {
    guard now - lastDrawn >= Self.interval else { return nil }
    lastDrawn = now
    isShown = true
    // One line only, and the last column stays free: a terminal may wrap there.
    let oneLine = line.prefix { $0 != "\n" && $0 != "\r\n" }
    return Array("\r\(oneLine.prefix(max(1, columns - 1)))\u{1B}[K".utf8)
  }

  /// The bytes that take the line away; `nil` when there is none.
  mutating func clearing() -> [UInt8]? {
    guard isShown else { return nil }
    isShown = false
    lastDrawn = -.infinity
    return Self.clear
  }
}
