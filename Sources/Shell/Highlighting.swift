/// Colours, kept to what helps the eye find the place of an error.
enum Highlighting {
  static let bold = "\u{1B}[1m"
  static let boldRed = "\u{1B}[1;31m"
  static let boldYellow = "\u{1B}[1;33m"
  static let boldBlue = "\u{1B}[1;34m"
  static let dim = "\u{1B}[2m"
  static let reset = "\u{1B}[0m"

  /// A diagnostic with its first word and its carets in colour.
  static func diagnostic(_ text: String) -> String {
    // Whoever wrote it has coloured it already.
    if text.contains("\u{1B}") { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(line)
      .joined(separator: "\n")
  }

  /// The text without its colours.
  static func plain(_ text: String) -> String {
    guard text.contains("\u{1B}") else { return text }
    var result = ""
    var rest = text[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      result += rest[..<escape]
      rest = rest[escape...].drop { $0 != "m" }.dropFirst()
    }
    return result + rest
  }

  private static func line(_ line: Substring) -> String {
    for (word, color) in [("error:", boldRed), ("warning:", boldYellow), ("note:", boldBlue)]
    where line.hasPrefix(word) {
      return "\(color)\(word)\(reset)\(bold)\(line.dropFirst(word.count))\(reset)"
    }
    guard let bar = line.firstIndex(where: { $0 == "│" || $0 == "|" }),
      line[..<bar].allSatisfy({ $0 == " " })
    else { return String(line) }
    let rest = line[line.index(after: bar)...]
    guard let caret = rest.firstIndex(where: { $0 != " " }), rest[caret] == "^" else {
      return String(line)
    }
    return "\(line[..<caret])\(boldRed)\(line[caret...])\(reset)"
  }
}
