/// The sizes of a panel of bars.
struct BarLayout {
  let bars: Figure.Bars
  /// The bars whose value can be drawn, by index.
  let drawn: [Int]
  let range: CurveDrawing.Range
  let textSize: Double
  let labelWidth: Double
  let valueWidth: Double

  /// - Throws: `PlotError` when the lists differ in length or hold nothing to draw.
  init(_ bars: Figure.Bars) throws {
    self.bars = bars
    let count = bars.values.count
    guard count > 0 else { throw PlotError.nothingToDraw }
    guard bars.labels.count == count else {
      throw PlotError.count(
        what: "the labels of the bars", expected: count, found: bars.labels.count)
    }
    guard bars.errors.isEmpty || bars.errors.count == count else {
      throw PlotError.count(
        what: "the errors of the bars", expected: count, found: bars.errors.count)
    }
    drawn = bars.values.indices.filter { CurveReduction.isDrawable(bars.values[$0]) }
    guard !drawn.isEmpty else {
      throw PlotError.nothingDrawable(
        names: Array(bars.labels.prefix(5)), reason: UndrawableReason(bars.values))
    }

    let row = BarLayout.rowHeight(bars)
    textSize = min(PlotStyle.text, max(row * 0.72, 5))
    let size = textSize
    let widest = bars.labels.map {
      GnuplotText.width(GnuplotText.shorten(GnuplotText.plain($0), to: 40), size: size)
    }.max()
    labelWidth = min(widest ?? 0, 320)
    valueWidth =
      drawn.map { GnuplotText.width(BarLayout.text(bars, bars.values[$0]), size: size) }
      .max() ?? 0

    var ends = [0.0]
    for index in drawn {
      let error = BarLayout.error(bars, index)
      ends += [bars.values[index] - error, bars.values[index] + error]
    }
    let low = ends.min() ?? 0
    let high = ends.max() ?? 1
    if bars.quantity == .proportion, low >= 0, high <= 1, high > 0.4 {
      range = .init(low: 0, high: 1)
    } else if high > low {
      range = .init(low: low < 0 ? low - (high - low) * 0.12 : 0, high: high + (high - low) * 0.02)
    } else {
      range = .init(low: 0, high: 1)
    }
  }

  /// The number at a bar's end.
  func text(_ value: Double) -> String { BarLayout.text(bars, value) }

  private static func text(_ bars: Figure.Bars, _ value: Double) -> String {
    bars.quantity == .proportion
      ? GnuplotText.fixed(value, decimals: 3) : GnuplotText.display(value)
  }

  func error(_ index: Int) -> Double { BarLayout.error(bars, index) }

  private static func error(_ bars: Figure.Bars, _ index: Int) -> Double {
    guard index < bars.errors.count, CurveReduction.isDrawable(bars.errors[index]) else { return 0 }
    return max(bars.errors[index], 0)
  }

  private static func rowHeight(_ bars: Figure.Bars) -> Double {
    min(max(1400 / Double(max(bars.values.count, 1)), 8), 30)
  }

  static func height(_ bars: Figure.Bars) -> Double {
    let rows = min(Double(bars.values.count) + 1, 400)
    return 8 + rows * rowHeight(bars) + (bars.valueLabel.isEmpty ? 32 : 50)
  }
}
