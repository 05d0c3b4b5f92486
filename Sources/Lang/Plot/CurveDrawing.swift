import ASTKit
import Glibc

/// A panel of curves made ready to draw: what can be drawn of each, and the axes.
struct CurveDrawing {
  enum Side { case left, right }

  struct Line {
    var index: Int
    var label: String
    var side: Side
    var raw: [CurveReduction.Piece]
    var smooth: [CurveReduction.Piece]?
    var count: Int { raw.reduce(0) { $0 + $1.y.count } }
  }

  struct Range {
    var low: Double
    var high: Double
    var commands: String { "\(GnuplotText.number(low)):\(GnuplotText.number(high))" }
  }

  /// A curve that has no value to draw.
  struct Empty {
    var name: String
    var reason: UndrawableReason
  }

  let panel: Figure.Curves
  let curves: [Line]
  /// Curves that have no value to draw (yet).
  let empty: [Empty]
  private(set) var xRange: Range
  /// The distance of the x tics, where gnuplot would put some between whole numbers.
  let xStep: Double?

  /// - Throws: `PlotError` when no curve has a value to draw, or x and y differ in length.
  init(_ panel: Figure.Curves) throws {
    self.panel = panel
    guard !panel.curves.isEmpty else { throw PlotError.nothingToDraw }
    let hasValues = panel.curves.contains { $0.quantity == .value }
    var lines: [Line] = []
    var empty: [Empty] = []
    for (index, curve) in panel.curves.enumerated() {
      guard curve.x.count == curve.y.count else {
        throw PlotError.count(
          what: curve.label.isEmpty ? "x" : "x of '\(curve.label)'", expected: curve.y.count,
          found: curve.x.count)
      }
      let side: Side = curve.quantity == .proportion && hasValues ? .right : .left
      let positiveOnly = panel.isLogarithmic && side == .left
      let pieces = CurveReduction.pieces(curve.x, curve.y, positiveOnly: positiveOnly)
      guard !pieces.isEmpty else {
        let reason = UndrawableReason(curve.y, positiveOnly: positiveOnly)
        empty.append(Empty(name: curve.label, reason: reason))
        continue
      }
      let smooth = CurveReduction.span(for: curve, pieces: pieces).map { span in
        CurveReduction.decimate(
          pieces.map { .init(x: $0.x, y: CurveReduction.smooth($0.y, span: span)) })
      }
      lines.append(
        Line(
          index: index, label: curve.label, side: side, raw: CurveReduction.decimate(pieces),
          smooth: smooth))
    }
    guard !lines.isEmpty else {
      throw PlotError.nothingDrawable(
        names: panel.curves.map(\.label), reason: .union(empty.map(\.reason)))
    }
    curves = lines
    self.empty = empty
    (xRange, xStep) = CurveDrawing.xAxis(lines)
  }

  /// The panels of curves of a figure, by index. Those with the same x label get the same
  /// x axis, so that what stands below one another belongs together.
  /// - Throws: `PlotError`.
  static func prepare(_ figure: Figure) throws -> [Int: CurveDrawing] {
    var result: [Int: CurveDrawing] = [:]
    for (index, panel) in figure.panels.enumerated() {
      if case .curves(let curves) = panel { result[index] = try CurveDrawing(curves) }
    }
    for index in result.keys {
      let ranges = result.values.filter { $0.panel.xLabel == result[index]?.panel.xLabel }
        .map(\.xRange)
      if let low = ranges.map(\.low).min(), let high = ranges.map(\.high).max() {
        result[index]?.xRange = Range(low: low, high: high)
      }
    }
    return result
  }

  var hasLeft: Bool { curves.contains { $0.side == .left } }
  var hasRight: Bool { hasLeft && curves.contains { $0.side == .right } }
  var isLogarithmic: Bool { panel.isLogarithmic && hasLeft }
  var events: [Figure.Event] {
    panel.events.filter { $0.x >= xRange.low && $0.x <= xRange.high }.sorted { $0.x < $1.x }
  }

  /// The curve of a side that has no other.
  func onlyCurve(_ side: Side) -> Line? {
    let lines = curves.filter { $0.side == side }
    return lines.count == 1 ? lines.first : nil
  }

  /// The name of an axis: what the caller says, else the name of its only curve, else the
  /// word that all its curves end in ("loss" of "train.loss" and "valid.loss").
  func caption(_ side: Side) -> String? {
    let lines = curves.filter { $0.side == side }
    guard !lines.isEmpty else { return nil }
    let given = side == .left ? panel.yLabel : panel.rightLabel
    if let given { return given.isEmpty ? nil : given }
    if let only = onlyCurve(side) { return only.label }
    let words = Set(lines.map { $0.label.split(whereSeparator: { ". _".contains($0) }).last ?? "" })
    return words.count == 1 ? words.first.flatMap { $0.isEmpty ? nil : String($0) } : nil
  }

  var hasCaptions: Bool { caption(.left) != nil || caption(.right) != nil }

  /// Whether the captions alone do not tell the curves apart.
  var needsLegend: Bool {
    curves.contains { line in
      onlyCurve(line.side) == nil || caption(line.side) != line.label
    }
  }

  /// The distance of at most `count` tics on an axis: 1, 2 or 5 times a power of ten.
  func step(_ side: Side, atMost count: Int) -> Double? {
    guard let range = range(side), !(isLogarithmic && side == .left) else { return nil }
    let least = (range.high - range.low) / Double(max(count, 1))
    let power = pow(10, log10(least).rounded(.down))
    guard power.isNormal else { return nil }
    return [1, 2, 5, 10].lazy.map { $0 * power }.first { $0 >= least }
  }

  /// The range of an axis, `nil` when it has no curves.
  func range(_ side: Side) -> Range? {
    let lines = curves.filter { $0.side == side }
    let values = lines.flatMap { $0.raw.flatMap(\.y) }
    guard let low = values.min(), let high = values.max() else { return nil }
    let areProportions = lines.allSatisfy { panel.curves[$0.index].quantity == .proportion }
    if areProportions, low >= 0, high <= 1 {
      // Alone, and all above one half, proportions may show more of what differs.
      let floor = side == .left && low > 0.5 ? (low * 10).rounded(.down) / 10 : 0
      return Range(low: floor == 1 ? 0.9 : floor, high: 1)
    }
    if isLogarithmic, side == .left { return Range(low: low / 1.2, high: high * 1.2) }
    let span = high - low
    if span <= max(abs(high), abs(low)) * 1e-12 {
      let half = high == 0 ? 1 : abs(high) / 10
      return Range(low: low - half, high: high + half)
    }
    let fromZero = low >= 0 && low < 0.4 * high
    return Range(low: fromZero ? 0 : low - 0.06 * span, high: high + 0.06 * span)
  }

  private static func xAxis(_ lines: [Line]) -> (Range, Double?) {
    let values = lines.flatMap { $0.raw.flatMap(\.x) }
    let low = values.min() ?? 0
    let high = values.max() ?? 1
    let isWhole = values.allSatisfy { $0 == $0.rounded() }
    guard high > low else { return (Range(low: low - 1, high: high + 1), isWhole ? 1 : nil) }
    let edge = (high - low) * 0.012
    return (Range(low: low - edge, high: high + edge), isWhole && high - low <= 12 ? 1 : nil)
  }
}

extension CurveReduction.Piece {
  /// The points as rows of a datablock.
  var rows: [[Double]] { zip(x, y).map { [$0, $1] } }
}
