/// The places of the entries of a legend, in rows as wide as the figure.
struct CurveLegend {
  struct Entry {
    var label: String
    var x: Double
    /// From the first row.
    var y: Double
  }

  static let rowHeight = 20.0
  let entries: [Entry]
  let height: Double

  init(_ labels: [String], width: Double) {
    var entries: [Entry] = []
    var (x, y) = (PlotStyle.margin, 0.0)
    for label in labels {
      let label = GnuplotText.shorten(GnuplotText.plain(label), to: 44)
      let size = 30 + GnuplotText.width(label, size: PlotStyle.text) + 22
      if x > PlotStyle.margin, x + size > width {
        x = PlotStyle.margin
        y += CurveLegend.rowHeight
      }
      entries.append(Entry(label: label, x: x, y: y))
      x += size
    }
    self.entries = entries
    height = y + 26
  }
}
