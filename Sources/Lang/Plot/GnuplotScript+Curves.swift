import ASTKit

/// Curves as lines: values on the left, proportions on the right.
extension GnuplotScript {
  mutating func addCurves(_ drawing: CurveDrawing, in area: inout PanelArea) {
    area.right = area.layout.width - (drawing.hasRight ? 56 : PlotStyle.margin + 8)
    addLegend(drawing, in: &area)
    addCaptions(drawing, in: &area)
    if drawing.events.contains(where: { !$0.label.isEmpty }) { area.top += 14 }
    addAxes(border: 1, in: area)
    add("set grid ytics lt 1 lw 1 lc rgb '\(PlotStyle.grid)'")
    add("set ytics scale 0")
    addRanges(drawing)
    if !drawing.panel.xLabel.isEmpty {
      addLabel(
        drawing.panel.xLabel, x: (area.left + area.right) / 2, y: area.bottom + 36, in: area.layout,
        align: "center")
    }
    addEvents(drawing, width: area.right - area.left)
    add("plot " + plots(drawing).joined(separator: ", \\\n  "))
  }

  /// A legend where the captions do not say which line is which.
  private mutating func addLegend(_ drawing: CurveDrawing, in area: inout PanelArea) {
    guard drawing.needsLegend else { return }
    let legend = CurveLegend(drawing.curves.map(\.label), width: area.layout.width)
    for (curve, entry) in zip(drawing.curves, legend.entries) {
      let height = area.top + 6 + entry.y
      let (from, to) = (area.layout.x(entry.x), area.layout.x(entry.x + 22))
      let y = area.layout.y(height)
      add(
        "set arrow from screen \(from),\(y) to screen \(to),\(y) nohead lw 3 "
          + "dt \(PlotStyle.dash(curve.index)) lc rgb '\(PlotStyle.color(curve.index))'")
      addLabel(entry.label, x: entry.x + 30, y: height, in: area.layout, color: PlotStyle.ink)
    }
    area.top += legend.height
  }

  /// The names of the axes, over them: they are read without turning the head.
  private mutating func addCaptions(_ drawing: CurveDrawing, in area: inout PanelArea) {
    for side in [CurveDrawing.Side.left, .right] {
      guard let caption = drawing.caption(side) else { continue }
      // A curve that has its axis to itself shares its colour with the name.
      let color = drawing.onlyCurve(side).map { PlotStyle.color($0.index) }
      addLabel(
        caption, x: side == .left ? PlotStyle.margin : area.layout.width - PlotStyle.margin,
        y: area.top + 6, in: area.layout, align: side == .left ? "left" : "right",
        bold: color != nil, color: color ?? PlotStyle.softInk, limit: 40)
    }
    area.top += drawing.hasCaptions ? 24 : 4
  }

  private mutating func addRanges(_ drawing: CurveDrawing) {
    add("set xrange [\(drawing.xRange.commands)]")
    if let step = drawing.xStep { add("set xtics \(GnuplotText.number(step))") }
    if let left = drawing.range(.left) {
      add("set yrange [\(left.commands)]")
      if drawing.isLogarithmic { add(["set logscale y", "set format y '%.0e'"]) }
    }
    if let right = drawing.range(.right) {
      add([
        "set y2range [\(right.commands)]",
        "set y2tics nomirror scale 0 tc rgb '\(PlotStyle.softInk)' "
          + PlotStyle.font(PlotStyle.text - 1),
      ])
    }
  }

  private mutating func addEvents(_ drawing: CurveDrawing, width: Double) {
    let events = drawing.events
    for event in events.prefix(200) {
      let x = GnuplotText.number(event.x)
      add(
        "set arrow from first \(x), graph 0 to first \(x), graph 1 nohead back lw 1 dt 3 "
          + "lc rgb '\(PlotStyle.axis)'")
    }
    // As many labels as there is room for, at even distances.
    let widest = events.map { GnuplotText.width($0.label, size: PlotStyle.smallText) }.max() ?? 0
    let room = max(Int(clamped: width / (widest + 16)), 1)
    let stride = max((events.count + room - 1) / room, 1)
    for event in events.prefix(200).enumerated().filter({ $0.offset % stride == 0 }).map(\.element)
    where !event.label.isEmpty {
      add(
        "set label \(GnuplotText.quote(event.label, limit: 24)) at first "
          + "\(GnuplotText.number(event.x)), graph 1 offset character 0,0.6 center front "
          + "\(PlotStyle.font(PlotStyle.smallText)) tc rgb '\(PlotStyle.softInk)'")
    }
  }

  /// The raw lines first, so that no smooth one is covered.
  private mutating func plots(_ drawing: CurveDrawing) -> [String] {
    var pale: [String] = []
    var strong: [String] = []
    for curve in drawing.curves {
      let axes = curve.side == .right && drawing.hasLeft ? "axes x1y2" : "axes x1y1"
      let color = PlotStyle.color(curve.index)
      let style = "dt \(PlotStyle.dash(curve.index)) lc rgb '\(color)'"
      let raw = block(curve.raw.map(\.rows))
      if let smooth = curve.smooth {
        let paleColor = PlotStyle.pale(color, by: 0.62)
        pale.append("\(raw) using 1:2 \(axes) with lines lw 1 lc rgb '\(paleColor)'")
        strong.append("\(block(smooth.map(\.rows))) using 1:2 \(axes) with lines lw 2.5 \(style)")
      } else if curve.count <= 40 {
        strong.append("\(raw) using 1:2 \(axes) with linespoints lw 2.25 pt 7 ps 0.55 \(style)")
      } else {
        strong.append("\(raw) using 1:2 \(axes) with lines lw 2 \(style)")
      }
      // A point between two gaps has no line to be seen by.
      let single = curve.raw.filter { $0.y.count == 1 }
      if curve.count > 40, !single.isEmpty {
        strong.append(
          "\(block([single.flatMap(\.rows)])) using 1:2 \(axes) with points pt 7 ps 0.4 \(style)")
      }
    }
    return pale + strong
  }
}
