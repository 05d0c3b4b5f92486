/// Horizontal bars: names are read without turning the head, values stand at their ends.
extension GnuplotScript {
  mutating func addBars(_ bars: Figure.Bars, in area: inout PanelArea) throws {
    let layout = try BarLayout(bars)
    area.left = PlotStyle.margin + layout.labelWidth + 10
    area.right = area.layout.width - PlotStyle.margin - layout.valueWidth - 8
    area.bottom = area.frame.top + area.frame.height - (bars.valueLabel.isEmpty ? 32 : 50)
    addAxes(border: 0, in: area)
    add([
      "set grid noytics xtics lt 1 lw 1 lc rgb '\(PlotStyle.grid)'",
      "set xrange [\(layout.range.commands)]",
      "set yrange [\(bars.values.count):-1] noextend",
      "set xtics scale 0",
      "set ytics scale 0 offset 0.5,0 tc rgb '\(PlotStyle.ink)' "
        + "\(PlotStyle.font(layout.textSize)) (" + tics(bars.labels, limit: 40) + ")",
    ])
    if !bars.valueLabel.isEmpty {
      addLabel(
        bars.valueLabel, x: (area.left + area.right) / 2, y: area.bottom + 38, in: area.layout,
        align: "center")
    }

    let rows = layout.drawn.map { index in
      let (value, y) = (bars.values[index], Double(index))
      return [value / 2, y, min(value, 0), max(value, 0), y - 0.36, y + 0.36]
    }
    var plots = [
      "\(block([rows])) using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder "
        + "lc rgb '\(PlotStyle.color(0))'"
    ]
    let errors = layout.drawn.filter { layout.error($0) > 0 }
      .map { [bars.values[$0], Double($0), layout.error($0)] }
    if !errors.isEmpty {
      plots.append(
        "\(block([errors])) using 1:2:3 with xerrorbars pt 7 ps 0.01 lw 1.5 "
          + "lc rgb '\(PlotStyle.ink)'")
    }
    // Each number stands beyond its bar's end, and beyond its error bar.
    let size = min(layout.textSize, PlotStyle.text - 1)
    for (align, shift, isWanted) in [
      ("left", "0.6", { (value: Double) in value >= 0 }),
      ("right", "-0.6", { (value: Double) in value < 0 }),
    ] {
      let texts = layout.drawn.filter { isWanted(bars.values[$0]) }.map { index in
        let value = bars.values[index]
        let end = value + (value < 0 ? -layout.error(index) : layout.error(index))
        return "\(GnuplotText.number(end)) \(index) \(layout.text(value))"
      }
      guard !texts.isEmpty else { continue }
      plots.append(
        "\(block(rows: texts)) using 1:2:3 with labels \(align) offset character \(shift),0 "
          + "\(PlotStyle.font(size)) tc rgb '\(PlotStyle.softInk)'")
    }
    add("plot " + plots.joined(separator: ", \\\n  "))
  }

  /// `'first' 0, 'second' 1`
  func tics(_ labels: [String], limit: Int) -> String {
    labels.enumerated().map { "\(GnuplotText.quoteTic($1, limit: limit)) \($0)" }
      .joined(separator: ", ")
  }
}
