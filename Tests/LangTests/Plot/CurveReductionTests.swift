import Testing

@testable import Lang

@Suite("Points of a curve before they are drawn")
struct CurveReductionTests {
  @Test("a long curve keeps its peaks, its ends and its order in about 2,000 points")
  func decimation() {
    var y = (0..<100_000).map { Double($0 % 100) / 100 }
    y[54_321] = 50
    y[77_777] = -50
    let x = y.indices.map(Double.init)
    let pieces = CurveReduction.decimate([.init(x: x, y: y)])
    let kept = pieces[0]
    #expect(pieces.count == 1 && kept.x.count <= 2000 && kept.x.count > 1000)
    #expect(kept.y.max() == 50 && kept.y.min() == -50)
    #expect(kept.x.first == 0 && kept.x.last == 99_999)
    #expect(zip(kept.x, kept.x.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("a short curve stays as it is")
  func shortCurve() {
    let piece = CurveReduction.Piece(x: [1, 2, 3], y: [3, 1, 2])
    #expect(CurveReduction.decimate([piece]) == [piece])
  }

  @Test("many gaps do not lift the limit by much")
  func decimationOfManyPieces() {
    let pieces = (0..<50).map { piece in
      CurveReduction.Piece(
        x: (0..<1000).map { Double(piece * 1000 + $0) }, y: (0..<1000).map { Double($0 * 7 % 13) })
    }
    let count = CurveReduction.decimate(pieces).reduce(0) { $0 + $1.y.count }
    #expect(count <= 2100)
  }

  @Test("values that cannot be drawn are gaps")
  func gaps() {
    let y = [1, 2, .nan, 4, .infinity, 6, 7, 1e305]
    let pieces = CurveReduction.pieces(y.indices.map(Double.init), y)
    #expect(pieces.map(\.y) == [[1, 2], [4], [6, 7]])
    #expect(pieces.map(\.x) == [[0, 1], [3], [5, 6]])
    #expect(CurveReduction.pieces([1, 2, 3], [1, 0, -1], positiveOnly: true).map(\.y) == [[1]])
  }

  @Test("smoothing keeps a constant and a line, and does not lag behind")
  func smoothing() {
    let constant = CurveReduction.smooth([Double](repeating: 3, count: 50), span: 9)
    #expect(constant.allSatisfy { abs($0 - 3) < 1e-12 })
    let line = CurveReduction.smooth((0..<200).map(Double.init), span: 9)
    #expect(abs(line[100] - 100) < 1e-6)
    let step = CurveReduction.smooth((0..<101).map { $0 < 50 ? 0 : $0 == 50 ? 0.5 : 1 }, span: 9)
    #expect(abs(step[50] - 0.5) < 1e-9)
    // By hand, with decay (3 - 1) / (3 + 1) = 1/2: (1 + 2/2 + 6/4) / (1 + 1/2 + 1/4) = 2.
    #expect(abs(CurveReduction.smooth([1, 2, 6], span: 3)[0] - 2) < 1e-12)
  }

  @Test("only long, noisy curves are smoothed unasked")
  func automaticSmoothing() {
    func span(_ y: [Double], _ smoothing: Figure.Curve.Smoothing = .automatic) -> Int? {
      let curve = Figure.Curve("loss", y: y, smoothing: smoothing)
      return CurveReduction.span(for: curve, pieces: CurveReduction.pieces(curve.x, curve.y))
    }
    let noisy = (0..<200).map { Double($0 * 7919 % 100) }
    #expect(span(noisy) == 10)
    #expect(span(noisy, .none) == nil)
    #expect(span(noisy, .points(33)) == 33)
    #expect(span(Array(noisy.prefix(20))) == nil)
    #expect(span((0..<200).map { 1 / Double($0 + 1) }) == nil)
    #expect(span([Double](repeating: 1, count: 200)) == nil)
  }
}
