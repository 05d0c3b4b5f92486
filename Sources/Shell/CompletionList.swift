/// What Tab offers, and how a list of it looks.
struct CompletionList: Equatable {
  struct Candidate: Equatable {
    var text: String
    /// One line of help, empty when there is none.
    var detail: String
  }

  /// The bytes of the line's UTF-8 that a candidate replaces.
  var replaced: Range<Int>
  var candidates: [Candidate]

  static let empty = CompletionList(replaced: 0..<0, candidates: [])

  /// More lines than this would push the session off the screen.
  static let mostLines = 20

  /// The candidates as lines that fit `columns`: one a line with its help when there are few,
  /// else in columns from top to bottom.
  func lines(columns: Int) -> [String] {
    let names = candidates.map { Self.label($0.text) }
    let widest = names.map(\.count).max() ?? 0
    if candidates.count <= Self.mostLines, candidates.contains(where: { !$0.detail.isEmpty }) {
      return zip(names, candidates).map { name, candidate in
        if candidate.detail.isEmpty { return name }
        let padded = name + String(repeating: " ", count: widest - name.count)
        return String("\(padded)  \(candidate.detail)".prefix(max(1, columns - 1)))
      }
    }
    let perRow = max(1, (columns - 1) / (widest + 2))
    let rows = (names.count + perRow - 1) / perRow
    var lines = (0..<min(rows, Self.mostLines)).map { row in
      stride(from: row, to: names.count, by: rows).map { index in
        let isLast = index + rows >= names.count
        return isLast
          ? names[index]
          : names[index] + String(repeating: " ", count: widest + 2 - names[index].count)
      }.joined()
    }
    if rows > Self.mostLines {
      let shown = stride(from: 0, to: names.count, by: rows)
        .map { min(Self.mostLines, names.count - $0) }.reduce(0, +)
      lines.append("… and \(names.count - shown) more")
    }
    return lines
  }

  /// A candidate without the folders before it, as `ls` shows it.
  private static func label(_ text: String) -> String {
    let trimmed = text.hasSuffix("/") ? text.dropLast() : text[...]
    guard let slash = trimmed.lastIndex(of: "/") else { return text }
    return String(text[text.index(after: slash)...])
  }
}
