import Testing

@testable import Lang

@Suite("Why a plot cannot be drawn")
struct UndrawableReasonTests {
  @Test("the reason that nothing can be drawn is the true one, and no name is an empty one")
  func reasons() {
    let cases: [(Figure, String)] = [
      (
        Figure(panels: [.curves(.init([.init("", y: [-1, 0])], isLogarithmic: true))]),
        "there is no value to plot: a logarithmic axis has no place for values of 0 and below"
      ),
      (
        Figure(curves: [.init("", y: [1e300, -1e308])]),
        "there is no value to plot: numbers of 1e300 and more are too large for gnuplot"
      ),
      (
        Figure(curves: [.init("loss", y: [])]),
        "there is no value to plot in 'loss': there is none yet"
      ),
      (
        Figure(bars: .init(labels: ["", "b"], values: [.nan, 1e305])),
        "there is no value to plot in 'b': NaN and infinity have no place in a plot, and numbers "
          + "of 1e300 and more are too large for gnuplot"
      ),
      (
        Figure(heatMap: .init(rowLabels: ["a"], columnLabels: ["b"], values: [[-.infinity]])),
        "there is no value to plot: NaN and infinity have no place in a plot"
      ),
    ]
    for (figure, message) in cases {
      #expect { try FigureCheck.emptyCurves(figure) } throws: { error in
        (error as? PlotError)?.message == message
      }
    }
  }
}
