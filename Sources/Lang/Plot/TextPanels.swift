import ASTKit

/// Bars and heat maps as letters. gnuplot's text terminal has no room for names beside bars
/// and numbers in cells, so these are set here; they need no gnuplot.
enum TextPanels {
  /// One line a bar: name, bar, number.
  /// - Throws: `PlotError` when the lists differ in length or hold nothing to draw.
  static func bars(_ bars: Figure.Bars, columns: Int) throws -> [String] {
    let layout = try BarLayout(bars)
    let labels = bars.labels.map { name($0, limit: max(columns / 3, 8)) }
    let labelWidth = labels.map(width).max() ?? 0
    let values = bars.values.indices.map { index -> String in
      guard CurveReduction.isDrawable(bars.values[index]) else { return "-" }
      let value = layout.text(bars.values[index])
      let error = layout.error(index)
      return error > 0 ? "\(value) ± \(GnuplotText.display(error, digits: 2))" : value
    }
    let room = max(columns - labelWidth - (values.map(\.count).max() ?? 0) - 3, 4)
    let low = min(layout.drawn.map { bars.values[$0] }.min() ?? 0, 0)
    let span = max(layout.range.high, low) - low
    let zero = Int(clamped: (-low / span * Double(room)).rounded())
    var lines = bars.valueLabel.isEmpty ? [] : [name(bars.valueLabel, limit: columns)]
    for index in bars.values.indices {
      let value = bars.values[index]
      let isDrawn = CurveReduction.isDrawable(value)
      let length = isDrawn ? abs(value) / span * Double(room) : 0
      let bar =
        value < 0 && isDrawn
        ? pad(
          String(repeating: "█", count: min(Int(clamped: length.rounded()), zero)), to: zero,
          right: true)
        : String(repeating: " ", count: zero) + blocks(min(length, Double(room - zero)))
      let text = "\(pad(labels[index], to: labelWidth, right: true)) \(bar) \(values[index])"
      lines.append(text)
    }
    return lines
  }

  /// A table: a line a row, columns under the numbers of their rows.
  /// - Throws: `PlotError` when lengths differ or nothing is finite.
  static func heatMap(_ map: Figure.HeatMap, columns: Int, color: Bool) throws -> [String] {
    let cells = try HeatMapCells(map)
    let digits = "\(max(cells.rows, cells.columns))".count
    let labels = map.rowLabels.map { name($0, limit: max(columns / 4, 8)) }
    let labelWidth = labels.map(width).max() ?? 0
    var texts = [[String]](
      repeating: [String](repeating: "", count: cells.columns), count: cells.rows)
    var shares = [[Double]](
      repeating: [Double](repeating: 0, count: cells.columns), count: cells.rows)
    for cell in cells.all {
      texts[cell.row][cell.column] = cell.value == 0 ? "·" : cells.text(cell.value)
      shares[cell.row][cell.column] = cells.share(cell.value)
    }
    let room = columns - labelWidth - digits - 2
    let widest = max(texts.joined().map(\.count).max() ?? 1, digits)
    // Numbers with a space between; if they do not fit, a shade for each cell.
    // (Beside a 100 % stand only points, so that there no space is needed.)
    let space = cells.isPercent && (widest + 1) * cells.columns > room ? 0 : 1
    let hasNumbers = (widest + space) * cells.columns <= room
    let step = hasNumbers ? widest + space : 1
    let shown = max(min(cells.columns, room / step), 1)

    var lines: [String] = []
    let titles = [("rows", map.rowTitle), ("columns", map.columnTitle)].filter { !$0.1.isEmpty }
    var about = titles.map { "\($0.0): \($0.1)" }
    if map.isRowNormalised { about.append("percent of the row") }
    if !about.isEmpty { lines.append(name(about.joined(separator: ", "), limit: columns)) }
    if hasNumbers {
      let head = (1...shown).map { pad("\($0)", to: step) }.joined()
      lines.append(String(repeating: " ", count: labelWidth + digits + 1) + head)
    }
    for row in 0..<cells.rows {
      let start =
        pad("\(row + 1)", to: digits) + " " + pad(labels[row], to: labelWidth, right: true)
      let body = (0..<shown).map { column -> String in
        let share = shares[row][column]
        let text = hasNumbers ? pad(texts[row][column], to: step) : shade(share)
        return color && share > 0.02 ? painted(text, share: share) : text
      }
      lines.append(start + body.joined() + (shown < cells.columns ? "…" : ""))
    }
    if !hasNumbers { lines.append("shades from \" \" (least) to \"█\" (most)") }
    if map.columnLabels != map.rowLabels, hasNumbers {
      for (index, label) in map.columnLabels.prefix(shown).enumerated() {
        lines.append(
          "column \(pad("\(index + 1)", to: digits)) \(name(label, limit: columns - 14))")
      }
    }
    return lines
  }

  private static func shade(_ share: Double) -> String {
    let shades = [" ", "░", "▒", "▓", "█"]
    return shades[min(max(Int(clamped: (share * 4).rounded(.up)), 0), 4)]
  }

  private static func painted(_ text: String, share: Double) -> String {
    let blues = [254, 153, 117, 75, 33, 26, 19]
    let blue = blues[min(max(Int(clamped: share * 7), 0), 6)]
    return "\u{1B}[48;5;\(blue);38;5;\(share >= 0.5 ? 231 : 16)m\(text)\u{1B}[0m"
  }

  /// A bar of `length` columns, to an eighth of one.
  private static func blocks(_ length: Double) -> String {
    let eighths = Int(clamped: (length * 8).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  private static func name(_ text: String, limit: Int) -> String {
    GnuplotText.shorten(GnuplotText.plain(text), to: limit)
  }

  /// Columns that the text takes in a terminal.
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      if scalar.properties.generalCategory == .nonspacingMark { return sum }
      return sum + (GnuplotText.width(String(scalar), size: 1) > 1 ? 2 : 1)
    }
  }

  private static func pad(_ text: String, to count: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(count - width(text), 0))
    return right ? text + space : space + text
  }
}
