/// Fits help texts into a window: long lines go on under the text they belong to.
enum HelpLayout {
  /// Breaks lines at spaces so that none is wider than `columns`.
  static func fit(_ text: String, columns: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { wrap(String($0), columns: max(30, columns)) }.joined(separator: "\n")
  }

  private static func wrap(_ line: String, columns: Int) -> String {
    guard line.count > columns else { return line }
    let indent = String(repeating: " ", count: hangingIndent(of: line, limit: columns / 2))
    var lines: [String] = []
    // The indent of the first line is kept; after it, words are one space apart.
    var current = String(line.prefix { $0 == " " })
    var isStart = true
    for word in line.dropFirst(current.count).split(
      separator: " ", omittingEmptySubsequences: false)
    {
      if !isStart, current.count + 1 + word.count > columns {
        lines.append(current)
        current = indent + word
      } else {
        current += (isStart ? "" : " ") + word
      }
      isStart = false
    }
    return (lines + [current]).joined(separator: "\n")
  }

  /// Where the text of `  name   text` begins; four more than its indent for other lines.
  private static func hangingIndent(of line: String, limit: Int) -> Int {
    let characters = Array(line)
    let start = characters.firstIndex { $0 != " " } ?? 0
    var i = start
    while i + 1 < characters.count, !(characters[i] == " " && characters[i + 1] == " ") { i += 1 }
    while i < characters.count, characters[i] == " " { i += 1 }
    return i < limit ? i : start + 4
  }
}
