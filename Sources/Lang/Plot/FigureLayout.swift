/// Where the parts of a figure go, in pixels from the top left corner.
struct FigureLayout {
  /// The part of the figure's height that belongs to one panel.
  struct Frame {
    var top: Double
    var height: Double
  }

  let width: Double
  let height: Double
  let frames: [Frame]

  init(_ figure: Figure) {
    var y = figure.title.map { !$0.isEmpty } == true ? 40.0 : 8.0
    frames = figure.panels.map { panel in
      let height =
        switch panel {
        case .curves(let panel):
          // A long legend takes nothing from the plot.
          (figure.panels.count == 1 ? 374.0 : 274.0)
            + CurveLegend(panel.curves.map(\.label), width: PlotStyle.width).height
        case .bars(let bars): BarLayout.height(bars)
        case .heatMap(let map): HeatMapLayout(map).height
        }
      defer { y += height }
      return Frame(top: y, height: height)
    }
    height = y + 8
    // Heat maps have square cells, so they are as wide as they need.
    let widths = figure.panels.map { panel in
      if case .heatMap(let map) = panel { HeatMapLayout(map).width } else { PlotStyle.width }
    }
    width = max((widths.max() ?? PlotStyle.width).rounded(.up), 360)
  }

  /// As a share of the figure's width or height, from the bottom left corner, as gnuplot counts.
  func x(_ pixels: Double) -> String { GnuplotText.fixed(pixels / width, decimals: 5) }
  func y(_ pixels: Double) -> String { GnuplotText.fixed(1 - pixels / height, decimals: 5) }
}

/// The rectangle inside the axes of a panel, in pixels of the figure.
struct PanelArea {
  let layout: FigureLayout
  let frame: FigureLayout.Frame
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  init(layout: FigureLayout, frame: FigureLayout.Frame) {
    self.layout = layout
    self.frame = frame
    left = 64
    right = layout.width - PlotStyle.margin
    top = frame.top + 8
    bottom = frame.top + frame.height - 44
  }
}
