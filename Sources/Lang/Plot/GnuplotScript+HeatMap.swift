/// Tables of numbers as coloured cells, with the numbers in them where there is room.
extension GnuplotScript {
  mutating func addHeatMap(_ map: Figure.HeatMap, in area: inout PanelArea) throws {
    let cells = try HeatMapCells(map)
    let sizes = HeatMapLayout(map)
    area.left = sizes.left
    area.right = sizes.left + sizes.plotWidth
    area.top = area.frame.top + sizes.top
    area.bottom = area.top + sizes.plotHeight
    addAxes(border: 0, in: area)
    let turn = sizes.isTurned ? "rotate by 45 right offset 0.4,0.2" : "norotate center"
    add([
      "set xrange [-0.5:\(cells.columns).0 - 0.5] noextend",
      "set yrange [\(cells.rows).0 - 0.5:-0.5] noextend",
      "set cbrange [\(cells.range.commands)]",
      "set palette defined (\(palette))",
      "set xtics scale 0 \(turn) tc rgb '\(PlotStyle.ink)' \(PlotStyle.font(sizes.labelSize)) ("
        + sizes.tics(map.columnLabels) + ")",
      "set ytics scale 0 offset 0.3,0 tc rgb '\(PlotStyle.ink)' "
        + "\(PlotStyle.font(sizes.labelSize)) (" + sizes.tics(map.rowLabels) + ")",
    ])
    addColorBox(cells, in: area)
    addTitles(map, sizes, in: area)

    let gap = min(0.7 / sizes.cell, 0.06)
    // Of very many cells the empty ones are only a background, or the file grows too large.
    let isLarge = cells.all.count > 1600
    if isLarge {
      add(
        "set object 1 rectangle from graph 0,0 to graph 1,1 behind fs solid noborder "
          + "fc rgb '\(PlotStyle.sequential[0])'")
    }
    let shown = isLarge ? cells.all.filter { cells.share($0.value) > 0.002 } : cells.all
    let boxes = (shown.isEmpty ? cells.all : shown).map { cell in
      let (x, y) = (Double(cell.column), Double(cell.row))
      return [x, y, x - 0.5 + gap, x + 0.5 - gap, y - 0.5 + gap, y + 0.5 - gap, cell.value]
    }
    var plots = [
      "\(block([boxes])) using 1:2:3:4:5:6:7 with boxxyerror fs solid 1 noborder lc palette"
    ]
    if let size = sizes.numberSize(cells) {
      for (color, isWanted) in [
        (PlotStyle.ink, { (share: Double) in share < PlotStyle.darkFrom }),
        (PlotStyle.background, { (share: Double) in share >= PlotStyle.darkFrom }),
      ] {
        let texts = cells.all.filter { isWanted(cells.share($0.value)) && $0.value != 0 }
          .map { "\($0.column) \($0.row) \(cells.text($0.value))" }
        guard !texts.isEmpty else { continue }
        plots.append(
          "\(block(rows: texts)) using 1:2:3 with labels center \(PlotStyle.font(size)) "
            + "tc rgb '\(color)'")
      }
    }
    add("plot " + plots.joined(separator: ", \\\n  "))
  }

  private var palette: String {
    PlotStyle.sequential.enumerated().map { "\($0) '\($1)'" }.joined(separator: ", ")
  }

  private mutating func addColorBox(_ cells: HeatMapCells, in area: PanelArea) {
    let layout = area.layout
    let height = min(area.bottom - area.top, 240)
    add([
      "set colorbox vertical user origin screen \(layout.x(area.right + 18)),"
        + "screen \(layout.y(area.top + height)) size screen "
        + "\(GnuplotText.fixed(10 / layout.width, decimals: 5)),screen "
        + "\(GnuplotText.fixed(height / layout.height, decimals: 5)) noborder",
      "set cbtics scale 0 offset -0.6,0 tc rgb '\(PlotStyle.softInk)' "
        + PlotStyle.font(PlotStyle.smallText),
      "set format cb '\(cells.isPercent ? "%g%%" : "%g")'",
    ])
  }

  private mutating func addTitles(
    _ map: Figure.HeatMap, _ sizes: HeatMapLayout, in area: PanelArea
  ) {
    if !map.columnTitle.isEmpty {
      addLabel(
        map.columnTitle, x: (area.left + area.right) / 2, y: area.bottom + sizes.columnSpace + 16,
        in: area.layout, align: "center")
    }
    if !map.rowTitle.isEmpty {
      addLabel(
        map.rowTitle, x: PlotStyle.margin, y: (area.top + area.bottom) / 2, in: area.layout,
        align: "center rotate by 90")
    }
  }
}
