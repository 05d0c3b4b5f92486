/// What is done to the points of a curve before they are drawn.
enum CurveReduction {
  /// Points of one unbroken piece of a curve.
  struct Piece: Equatable {
    var x: [Double]
    var y: [Double]
  }

  /// gnuplot takes numbers beyond about 1e307 as undefined; ranges need room for sums, too.
  static let largest = 1e300

  static func isDrawable(_ value: Double, positiveOnly: Bool = false) -> Bool {
    value.isFinite && abs(value) < largest && (!positiveOnly || value > 0)
  }

  /// Cuts a curve where a coordinate cannot be drawn, so that gaps stay gaps.
  static func pieces(_ x: [Double], _ y: [Double], positiveOnly: Bool = false) -> [Piece] {
    var result: [Piece] = []
    var current = Piece(x: [], y: [])
    for (x, y) in zip(x, y) {
      if isDrawable(x), isDrawable(y, positiveOnly: positiveOnly) {
        current.x.append(x)
        current.y.append(y)
      } else if !current.x.isEmpty {
        result.append(current)
        current = Piece(x: [], y: [])
      }
    }
    if !current.x.isEmpty { result.append(current) }
    return result
  }

  /// At most about `limit` points that look like all of them: the lowest and the highest of
  /// each bin, in their order, with the first and the last point of the piece. No peak is lost.
  static func decimate(_ piece: Piece, limit: Int) -> Piece {
    let count = piece.y.count
    guard count > max(limit, 4) else { return piece }
    let bins = max(limit / 2 - 1, 1)
    var kept = [0]
    for bin in 0..<bins {
      let range = (bin * count / bins)..<((bin + 1) * count / bins)
      guard var low = range.first else { continue }
      var high = low
      for i in range {
        if piece.y[i] < piece.y[low] { low = i }
        if piece.y[i] > piece.y[high] { high = i }
      }
      for i in [min(low, high), max(low, high)] where i != kept.last { kept.append(i) }
    }
    if kept.last != count - 1 { kept.append(count - 1) }
    return Piece(x: kept.map { piece.x[$0] }, y: kept.map { piece.y[$0] })
  }

  /// Shares `limit` points among the pieces by their lengths.
  static func decimate(_ pieces: [Piece], limit: Int = 2000) -> [Piece] {
    let count = pieces.reduce(0) { $0 + $1.y.count }
    guard count > limit else { return pieces }
    return pieces.map { decimate($0, limit: limit * $0.y.count / count) }
  }

  /// A moving average over about `span` points that does not lag behind: each value is
  /// Σⱼ d^|i-j| yⱼ / Σⱼ d^|i-j|, found in one sweep forwards and one backwards.
  static func smooth(_ y: [Double], span: Int) -> [Double] {
    guard span > 1, y.count > 2 else { return y }
    let decay = Double(span - 1) / Double(span + 1)
    func sums(_ values: some Sequence<Double>) -> [(value: Double, weight: Double)] {
      var sum = (value: 0.0, weight: 0.0)
      return values.map { value in
        sum = (sum.value * decay + value, sum.weight * decay + 1)
        return sum
      }
    }
    let before = sums(y)
    let after = Array(sums(y.reversed()).reversed())
    // Both sums hold the value itself.
    return y.indices.map { i in
      (before[i].value + after[i].value - y[i]) / (before[i].weight + after[i].weight - 1)
    }
  }

  /// The span to smooth a curve over; `nil` when it is to be drawn as it is.
  static func span(for curve: Figure.Curve, pieces: [Piece]) -> Int? {
    switch curve.smoothing {
    case .none: return nil
    case .points(let span): return span > 1 ? span : nil
    case .automatic:
      let values = pieces.flatMap(\.y)
      guard values.count >= 60, let low = values.min(), let high = values.max(), high > low
      else { return nil }
      // A smooth curve goes down its range once or twice; noise goes up and down many times.
      let path = zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) / (high - low) }
      return path > 5 ? min(max(values.count / 20, 5), 500) : nil
    }
  }
}
