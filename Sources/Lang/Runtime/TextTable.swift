import ASTKit

/// A framed table for the terminal, cut to its width and to a sensible number of rows.
///
///     ┌──────────┬──────────┐
///     │ place    │ accuracy │
///     ├──────────┼──────────┤
///     │ ffn      │     0.91 │
///     └──────────┴──────────┘
public struct TextTable {
  /// Column titles; a table without them is a list of names and values.
  public var header: [String]?
  public var rows: [[String]]
  /// Which columns stand at the right, as numbers do.
  public var rightAligned: Set<Int>
  public var maximumRows = 40

  public init(header: [String]? = nil, rows: [[String]], rightAligned: Set<Int> = []) {
    self.header = header
    self.rows = rows
    self.rightAligned = rightAligned
  }

  /// A table of values, in which columns of numbers stand at the right.
  public init(header: [String]? = nil, values: [[Value]]) {
    let columns = max(header?.count ?? 0, values.lazy.map(\.count).max() ?? 0)
    let numeric = (0..<columns).filter { column in
      values.contains { column < $0.count && $0[column].isNumeric }
        && values.allSatisfy { column >= $0.count || $0[column].isNumeric || $0[column].isNil }
    }
    self.init(
      header: header, rows: values.map { $0.map(\.cellText) }, rightAligned: Set(numeric))
  }

  /// A record as two columns: names and values.
  public init(record: Record) {
    self.init(values: record.pairs.map { [.string($0.key), $0.value] })
  }

  /// A list that holds nothing but records, as one row each; `nil` for other lists.
  public init?(records: List) {
    guard !records.isEmpty else { return nil }
    var titles: [String] = []
    var seen: Set<String> = []
    for item in records {
      guard case .record(let record) = item else { return nil }
      for key in record.keys where seen.insert(key).inserted { titles.append(key) }
    }
    guard !titles.isEmpty else { return nil }
    let rows = records.map { item -> [Value] in
      guard case .record(let record) = item else { return [] }
      return titles.map { record[$0] ?? .string("") }
    }
    self.init(header: titles, values: rows)
  }

  /// The drawing, at most `columns` wide unless a single column is wider; no newline at its
  /// end. Rows and columns that do not fit are counted below it.
  public func text(columns width: Int) -> String {
    let isCut = rows.count > maximumRows
    let head = isCut ? maximumRows - 5 : rows.count
    var body = Array(rows.prefix(head))
    if isCut { body += rows.suffix(5) }
    let count = max(header?.count ?? 0, body.lazy.map(\.count).max() ?? 0)
    guard count > 0 else { return "" }
    let cells = body.map { row in (0..<count).map { $0 < row.count ? row[$0].printable : "" } }
    let titles = header.map { header in
      (0..<count).map { $0 < header.count ? header[$0].printable : "" }
    }
    let widths = fittedWidths(cells + (titles.map { [$0] } ?? []), count, width)
    let shown = widths.count

    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }
    func line(_ row: [String]) -> String {
      let parts = (0..<shown).map { " " + padded(row[$0], widths[$0], $0) + " " }
      return "│" + parts.joined(separator: "│") + "│"
    }
    var lines = [rule("┌", "┬", "┐")]
    if let titles { lines += [line(titles), rule("├", "┼", "┤")] }
    for (position, row) in cells.enumerated() {
      if isCut && position == head {
        lines.append(line((0..<count).map { _ in "…" }))
      }
      lines.append(line(row))
    }
    lines.append(rule("└", "┴", "┘"))
    if isCut { lines.append("\(rows.count) rows") }
    if shown < count { lines.append("\(count - shown) more columns") }
    return lines.joined(separator: "\n")
  }

  /// Column widths that together fit: wide ones shrink first, then columns fall away.
  private func fittedWidths(_ lines: [[String]], _ count: Int, _ width: Int) -> [Int] {
    var widths = (0..<count).map { column in
      max(1, lines.lazy.map { $0[column].columnWidth }.max() ?? 1)
    }
    let narrowest = 12
    func total() -> Int { widths.reduce(1) { $0 + $1 + 3 } }
    while total() > width {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) else { break }
      if widths[widest] > narrowest {
        widths[widest] = max(narrowest, widths[widest] - (total() - width))
      } else if widths.count > 1 {
        widths.removeLast()
      } else {
        break
      }
    }
    return widths
  }

  private func padded(_ text: String, _ width: Int, _ column: Int) -> String {
    var text = text
    if text.columnWidth > width {
      while text.columnWidth > width - 1, !text.isEmpty { text.removeLast() }
      text += "…"
    }
    let blanks = String(repeating: " ", count: max(0, width - text.columnWidth))
    return rightAligned.contains(column) ? blanks + text : text + blanks
  }
}

extension Value {
  fileprivate var isNumeric: Bool {
    switch self {
    case .number, .quantity: true
    default: false
    }
  }

  /// The value in a cell of a table: numbers with six digits, texts without quotes.
  var cellText: String {
    switch self {
    case .nil: ""
    case .number(let number): number.text(significant: 6)
    case .string(let text): text
    default: inline(limit: 80)
    }
  }
}
