import ASTKit

/// Lengths of time in the unit that suits them.
enum DurationText {
  /// `4.2 s`, `51 min 16 s`, `2 h 5 min`: what recordings last and work still takes.
  static func rounded(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    return seconds < 60 ? "\(seconds.rounded(digits: 1).shortText) s" : long(seconds)
  }

  /// As measured, with three digits below a minute: `12.3 ms`, `4.56 s`, `3 min 20 s`.
  static func exact(_ seconds: Double) -> String {
    if seconds < 1 { return (seconds * 1000).text(significant: 3) + " ms" }
    return seconds < 60 ? seconds.text(significant: 3) + " s" : long(seconds)
  }

  /// As an estimate: `0.3 s`, `45 s`, `12 min`, `2 h 5 min`.
  static func about(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    if seconds < 1 { return exact(seconds) }
    if seconds < 9.95 { return "\(seconds.rounded(digits: 1).shortText) s" }
    if seconds < 89.5 { return "\(Int(clamped: seconds.rounded())) s" }
    let minutes = Int(clamped: (seconds / 60).rounded())
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func long(_ seconds: Double) -> String {
    let whole = Int(clamped: seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
