/// Curves as letters, for a terminal or a text file.
extension GnuplotScript {
  mutating func addText(_ figure: Figure, columns: Int, rows: Int) throws {
    for case .curves(let panel) in figure.panels {
      let drawing = try CurveDrawing(panel)
      // A letter is as good as a point: more of them than columns only blur the line.
      let limit = 2 * columns
      // Below the plot are its tics and the name of its axis.
      let tics = max((rows - 4) / 2, 2)
      add("set border \(drawing.hasRight ? 11 : 3)")
      add(["set tics nomirror scale 0.5", "set format '%g'"])
      add("unset key")
      add("set xrange [\(drawing.xRange.commands)]")
      if let step = drawing.xStep { add("set xtics \(GnuplotText.number(step))") }
      if let left = drawing.range(.left) {
        add("set yrange [\(left.commands)]")
        if let step = drawing.step(.left, atMost: tics) {
          add("set ytics \(GnuplotText.number(step))")
        }
        if drawing.isLogarithmic { add("set logscale y") }
      }
      if let right = drawing.range(.right) {
        add("set y2range [\(right.commands)]")
        if let step = drawing.step(.right, atMost: tics) {
          add("set y2tics nomirror \(GnuplotText.number(step))")
        }
      }
      if !panel.xLabel.isEmpty {
        add("set xlabel \(GnuplotText.quote(panel.xLabel, limit: columns / 2))")
      }
      let plots = drawing.curves.map { curve -> String in
        let axes = curve.side == .right && drawing.hasLeft ? "axes x1y2" : "axes x1y1"
        let name = block(
          CurveReduction.decimate(curve.smooth ?? curve.raw, limit: limit).map(\.rows))
        let hasLine = curve.raw.contains { $0.y.count > 1 }
        return "\(name) using 1:2 \(axes) with \(hasLine ? "lines" : "points pt 1") "
          + "lt \(curve.index % TextLegend.letters.count + 1) "
          + "lc rgb '\(PlotStyle.color(curve.index))'"
      }
      add("plot " + plots.joined(separator: ", \\\n  "))
    }
  }
}
