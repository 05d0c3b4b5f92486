import ASTKit

/// The sizes of a heat map, in pixels.
struct HeatMapLayout {
  let cell: Double
  let labelSize: Double
  let isTurned: Bool
  let columnSpace: Double
  let left: Double
  let top = 10.0
  let plotWidth: Double
  let plotHeight: Double
  private let hasColumnTitle: Bool

  static let labelLimit = 24

  init(_ map: Figure.HeatMap) {
    let rows = Double(max(map.values.count, 1))
    let columns = Double(max(map.values.first?.count ?? 0, 1))
    let cell = min(max(560 / max(rows, columns), 3), 52)
    let labelSize = min(PlotStyle.text - 0.5, max(cell * 0.62, 7))
    let widest = { (labels: [String]) in
      labels.map {
        GnuplotText.width(
          GnuplotText.shorten(GnuplotText.plain($0), to: HeatMapLayout.labelLimit),
          size: labelSize)
      }.max() ?? 0
    }
    self.cell = cell
    self.labelSize = labelSize
    let columnWidth = widest(map.columnLabels)
    isTurned = columnWidth > cell - 2
    columnSpace = (isTurned ? columnWidth * 0.72 + labelSize * 0.6 : labelSize) + 10
    hasColumnTitle = !map.columnTitle.isEmpty
    let labels = widest(map.rowLabels)
    // The first of the turned labels may reach further left than the rows' labels.
    let turned = isTurned ? columnWidth * 0.72 - cell / 2 : 0
    left = PlotStyle.margin + (map.rowTitle.isEmpty ? 0 : 20) + max(labels + 8, turned)
    plotWidth = columns * cell
    plotHeight = rows * cell
  }

  var width: Double { left + plotWidth + 18 + 10 + 50 + PlotStyle.margin }
  var height: Double { top + plotHeight + columnSpace + (hasColumnTitle ? 26 : 0) + 8 }

  /// The size of the numbers in the cells; `nil` when there is no room for them.
  func numberSize(_ cells: HeatMapCells) -> Double? {
    let widest = cells.all.map { GnuplotText.width(cells.text($0.value), size: 1) }.max() ?? 1
    let size = min(PlotStyle.text - 1, (cell - 5) / max(widest, 0.5), cell * 0.5)
    return size >= 6.5 ? size : nil
  }

  /// As many labels as can be read.
  func tics(_ labels: [String]) -> String {
    let stride = max(Int(clamped: (labelSize * 1.1 / cell).rounded(.up)), 1)
    return labels.enumerated().filter { $0.offset % stride == 0 }.map {
      "\(GnuplotText.quoteTic($0.element, limit: HeatMapLayout.labelLimit)) \($0.offset)"
    }.joined(separator: ", ")
  }
}
