/// Lines of a text plot.
enum TextLines {
  /// Without the empty lines around the plot and the spaces at the ends of lines.
  static func trim(_ text: String) -> [String] {
    var lines = text.replacing("\u{C}", with: "").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { line in
      var line = line.contains("\u{1B}") ? tidy(line) : String(line)
      while line.last == " " { line.removeLast() }
      return line
    }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// gnuplot goes back to the usual colour before every other letter; once is enough.
  private static func tidy(_ line: Substring) -> String {
    var result = ""
    var isColored = false
    for (index, part) in line.split(separator: "\u{1B}", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard index > 0, let end = part.firstIndex(of: "m") else {
        result += part
        continue
      }
      let (code, rest) = (part[...end], part[part.index(after: end)...])
      let isReset = code.hasPrefix("[0;")
      if isReset, isColored { result += "\u{1B}[0m" }
      if !isReset { result += "\u{1B}\(code)" }
      isColored = !isReset
      result += rest
    }
    return isColored ? result + "\u{1B}[0m" : result
  }

  static func heading(_ title: String?, columns: Int) -> [String] {
    guard let title, !title.isEmpty else { return [] }
    return [GnuplotText.shorten(GnuplotText.plain(title), to: columns)]
  }
}
