import ASTKit

/// What Tab offers, and how a list of it looks.
struct CompletionList: Equatable {
  struct Candidate: Equatable {
    var text: String
    /// One line of help, empty when there is none.
    var detail: String
    /// Whether its help is shown however many others there are.
    var isProminent = false
  }

  /// The bytes of the line's UTF-8 that a candidate replaces.
  var replaced: Range<Int>
  var candidates: [Candidate]

  static let empty = CompletionList(replaced: 0..<0, candidates: [])

  /// More lines than this would push the session off the screen.
  static let mostLines = 20

  /// The candidates as lines that fit `columns`: one a line with its help when there are few
  /// or it is prominent, else in columns from top to bottom.
  func lines(columns: Int) -> [String] {
    let areFew =
      candidates.count <= Self.mostLines && candidates.contains { !$0.detail.isEmpty }
    let explained = areFew ? candidates : candidates.filter(\.isProminent)
    let others = areFew ? [] : candidates.filter { !$0.isProminent }
    return Self.explained(explained, columns) + Self.tabulated(others.map(\.text), columns)
  }

  private static func explained(_ candidates: [Candidate], _ columns: Int) -> [String] {
    let names = candidates.map { label($0.text) }
    let widest = names.map(\.count).max() ?? 0
    return zip(names, candidates).map { name, candidate in
      if candidate.detail.isEmpty { return name }
      let line = padded(name, widest + 2) + candidate.detail.printable
      return String(line.prefix(max(1, columns - 1)))
    }
  }

  private static func tabulated(_ texts: [String], _ columns: Int) -> [String] {
    let names = texts.map(label)
    let width = (names.map(\.count).max() ?? 0) + 2
    let perRow = max(1, (columns - 1) / width)
    let rows = (names.count + perRow - 1) / perRow
    var lines = (0..<min(rows, mostLines)).map { row in
      stride(from: row, to: names.count, by: rows).map { index in
        index + rows < names.count ? padded(names[index], width) : names[index]
      }.joined()
    }
    if rows > mostLines {
      let shown = stride(from: 0, to: names.count, by: rows)
        .map { min(mostLines, names.count - $0) }.reduce(0, +)
      lines.append("… and \(names.count - shown) more")
    }
    return lines
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A candidate without the folders before it, as `ls` shows it, and nothing hidden in it.
  private static func label(_ text: String) -> String {
    let last = PathBytes.lastComponent(of: text)
    let isFolder = text.utf8.last == UInt8(ascii: "/")
    return (isFolder && !last.isEmpty ? last + "/" : last.isEmpty ? text : last).printable
  }
}
