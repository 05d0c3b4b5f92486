import ASTKit

/// Collects the commands that draw one figure.
///
/// Data go first, as named datablocks: in a plot that fails they are never run as commands.
struct GnuplotScript {
  private(set) var blocks: [String] = []
  private(set) var lines: [String] = []

  mutating func add(_ line: String) { lines.append(line) }
  mutating func add(_ lines: [String]) { self.lines += lines }

  /// A datablock of rows of numbers; pieces are divided by an empty line, which breaks a curve.
  /// - Returns: its name, `$d1`.
  mutating func block(_ pieces: [[[Double]]]) -> String {
    let texts = pieces.map { piece in
      piece.map { row in row.map(GnuplotText.number).joined(separator: " ") }
    }
    return block(rows: Array(texts.joined(separator: [""])))
  }

  /// A datablock of rows made here, with no text from outside in them.
  mutating func block(rows: [String]) -> String {
    let name = "$d\(blocks.count + 1)"
    blocks.append("\(name) << EOD\n" + rows.map { $0 + "\n" }.joined() + "EOD\n")
    return name
  }

  /// Everything that gnuplot needs to draw `figure` on `surface`, from a clean state on, to
  /// its standard output or to the file `output`.
  /// - Throws: `PlotError` when there is nothing that can be drawn.
  static func draw(
    _ figure: Figure, on surface: PlotSurface, output: String? = nil
  ) throws -> String {
    var script = GnuplotScript()
    script.add(surface.terminal)
    if let output { script.add("set output \(GnuplotText.quote(output, limit: 255))") }
    switch surface.kind {
    case .text(let columns, let rows, _):
      try script.addText(figure, columns: columns, rows: rows)
    case .graphic: try script.addGraphic(figure)
    }
    return "reset session\nset encoding utf8\n" + script.blocks.joined()
      + script.lines.joined(separator: "\n") + "\n"
  }

  private mutating func addGraphic(_ figure: Figure) throws {
    let layout = FigureLayout(figure)
    add("set multiplot")
    if let title = figure.title.map(GnuplotText.plain), !title.isEmpty {
      // Labels are drawn with a plot, so the title is a label of the first panel.
      let room = Int(clamped: (layout.width - 2 * PlotStyle.margin) / (0.53 * PlotStyle.titleText))
      add(
        "set label 1 \(GnuplotText.quote(title, limit: room)) at screen "
          + "\(layout.x(PlotStyle.margin)),\(layout.y(PlotStyle.margin + 6)) left front "
          + "\(PlotStyle.font(PlotStyle.titleText, bold: true)) tc rgb '\(PlotStyle.ink)'")
    }
    let curves = try CurveDrawing.prepare(figure)
    for (index, (panel, frame)) in zip(figure.panels, layout.frames).enumerated() {
      var area = PanelArea(layout: layout, frame: frame)
      switch panel {
      case .curves: if let drawing = curves[index] { addCurves(drawing, in: &area) }
      case .bars(let bars): try addBars(bars, in: &area)
      case .heatMap(let map): try addHeatMap(map, in: &area)
      }
      add(["unset label", "unset arrow", "unset object", "reset"])
    }
    add("unset multiplot")
  }

  /// What all panels have in common: quiet axes, texts in one colour, and where the plot stands.
  mutating func addAxes(border: Int, in area: PanelArea) {
    add([
      "set lmargin at screen \(area.layout.x(area.left))",
      "set rmargin at screen \(area.layout.x(area.right))",
      "set tmargin at screen \(area.layout.y(area.top))",
      "set bmargin at screen \(area.layout.y(area.bottom))",
      "set border \(border) lw 1 lc rgb '\(PlotStyle.axis)'",
      "set tics nomirror scale 0.5,0.25 tc rgb '\(PlotStyle.softInk)' "
        + PlotStyle.font(PlotStyle.text - 1),
      "set format '%g'",
      "unset key",
    ])
  }

  /// A text at a place of the figure, in pixels from its top left corner.
  mutating func addLabel(
    _ text: String, x: Double, y: Double, in layout: FigureLayout, align: String = "left",
    size: Double = PlotStyle.text, bold: Bool = false, color: String = PlotStyle.softInk,
    limit: Int = 80
  ) {
    add(
      "set label \(GnuplotText.quote(text, limit: limit)) at screen \(layout.x(x)),"
        + "\(layout.y(y)) \(align) front \(PlotStyle.font(size, bold: bold)) tc rgb '\(color)'")
  }
}
