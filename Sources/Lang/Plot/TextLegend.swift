/// The names of the curves above a text plot, with the letters that gnuplot draws them with.
enum TextLegend {
  /// Of line types 1 to 6 of the `dumb` terminal. In colour, all are drawn with "+" and "-".
  static let letters = ["*", "#", "$", "%", "@", "&"]

  static func lines(_ drawing: CurveDrawing, columns: Int, color: Bool) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for curve in drawing.curves {
      let name =
        GnuplotText.shorten(GnuplotText.plain(curve.label), to: columns / 2)
        + (curve.side == .right && drawing.hasLeft ? " (right axis)" : "")
      let width = 4 + TextPanels.width(name)
      if used > 0, used + 3 + width > columns {
        lines.append(line)
        (line, used) = ("", 0)
      }
      let letter = letters[curve.index % letters.count]
      let sample = String(repeating: color ? "-" : letter, count: 3)
      let shown =
        color ? "\u{1B}[38;5;\(code(PlotStyle.color(curve.index)))m\(sample)\u{1B}[0m" : sample
      line += (used > 0 ? "   " : "") + shown + " " + name
      used += (used > 0 ? 3 : 0) + width
    }
    return lines + [line]
  }

  /// The number of the colour nearest below in the terminal's cube of 6 x 6 x 6, as gnuplot
  /// takes it.
  private static func code(_ color: String) -> Int {
    let value = Int(color.dropFirst(), radix: 16) ?? 0
    let levels = [16, 8, 0].map { (value >> $0 & 255) * 6 / 256 }
    return 16 + 36 * levels[0] + 6 * levels[1] + levels[2]
  }
}
