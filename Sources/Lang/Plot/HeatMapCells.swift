/// The cells of a heat map that can be drawn, with what is shown of each.
struct HeatMapCells {
  struct Cell {
    var row: Int
    var column: Int
    var value: Double
  }

  let rows: Int
  let columns: Int
  let all: [Cell]
  let range: CurveDrawing.Range
  let isPercent: Bool
  private let isWhole: Bool

  /// - Throws: `PlotError` when rows differ in length, labels are missing, or nothing is finite.
  init(_ map: Figure.HeatMap) throws {
    rows = map.values.count
    columns = map.values.first?.count ?? 0
    guard rows > 0, columns > 0 else { throw PlotError.nothingToDraw }
    for (index, row) in map.values.enumerated() where row.count != columns {
      throw PlotError.count(
        what: "row \(index + 1) of the heat map", expected: columns, found: row.count)
    }
    for (what, labels, count) in [
      ("rows", map.rowLabels, rows), ("columns", map.columnLabels, columns),
    ] where labels.count != count {
      throw PlotError.count(
        what: "the labels of the heat map's \(what)", expected: count, found: labels.count)
    }
    var cells: [Cell] = []
    for (rowIndex, row) in map.values.enumerated() {
      let sum = row.reduce(0) { CurveReduction.isDrawable($1) ? $0 + $1 : $0 }
      for (columnIndex, value) in row.enumerated() where CurveReduction.isDrawable(value) {
        let shown = map.isRowNormalised ? (sum == 0 ? 0 : 100 * value / sum) : value
        cells.append(Cell(row: rowIndex, column: columnIndex, value: shown))
      }
    }
    guard !cells.isEmpty else {
      throw PlotError.nothingDrawable(
        names: [map.rowTitle], reason: UndrawableReason(map.values.joined()))
    }
    all = cells
    isPercent = map.isRowNormalised
    isWhole = cells.allSatisfy { $0.value == $0.value.rounded() }
    let low = min(cells.map(\.value).min() ?? 0, 0)
    let high = cells.map(\.value).max() ?? 1
    range =
      isPercent && low >= 0
      ? .init(low: 0, high: 100) : .init(low: low, high: high > low ? high : low + 1)
  }

  /// Where the value lies in the range of colours, from 0 to 1.
  func share(_ value: Double) -> Double { (value - range.low) / (range.high - range.low) }

  /// The number in a cell.
  func text(_ value: Double) -> String {
    if isPercent { return GnuplotText.fixed(value, decimals: 0) }
    return isWhole && abs(value) < 1e5
      ? GnuplotText.display(value) : GnuplotText.display(value, digits: 2)
  }
}
