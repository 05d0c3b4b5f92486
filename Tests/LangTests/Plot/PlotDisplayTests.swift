import Testing

@testable import Lang

@Suite("Where a figure without a file is shown")
struct PlotDisplayTests {
  private func terminal(
    _ available: [String], graphics: PlotDisplay.TerminalGraphics? = nil,
    preferred: String? = nil, hasWindows: Bool = false
  ) throws -> String {
    try PlotDisplay(
      columns: 80, rows: 24, color: false, graphics: graphics, preferred: preferred,
      hasWindows: hasWindows
    ).terminal(among: available)
  }

  @Test("the user's own, then a window, then pictures in the terminal, then letters")
  func order() throws {
    let all = ["dumb", "sixelgd", "kittycairo", "x11", "qt", "svg"]
    #expect(try terminal(all, graphics: .sixel, preferred: "dumb", hasWindows: true) == "dumb")
    #expect(try terminal(all, graphics: .sixel, hasWindows: true) == "qt")
    #expect(try terminal(["dumb", "x11"], hasWindows: true) == "x11")
    #expect(try terminal(all, graphics: .sixel) == "sixelgd")
    #expect(try terminal(all, graphics: .kitty) == "kittycairo")
    #expect(try terminal(["dumb"], graphics: .sixel, hasWindows: true) == "dumb")
    #expect(try terminal(all) == "dumb")
  }

  @Test("a terminal that gnuplot does not have is named, with the nearest")
  func unknown() {
    #expect(throws: PlotError.unknownTerminal(name: "qtt", known: ["qt", "dumb"])) {
      try terminal(["dumb", "qt", "svg"], preferred: "qtt")
    }
  }

  @Test("without a display a figure is text; sixel is a picture in escape sequences")
  func show() throws {
    let renderer = GnuplotRenderer(program: "gnuplot")
    let figure = Figure(curves: [.init("loss", y: [3, 2, 1])])
    var display = PlotDisplay(columns: 80, rows: 24, color: false, hasWindows: false)
    #expect(try renderer.show(figure, on: display)?.contains("*** loss") == true)
    if try renderer.availableTerminals().contains("sixelgd") {
      display.graphics = .sixel
      #expect(try renderer.show(figure, on: display)?.contains("\u{1B}P") == true)
    }
  }

  @Test("without gnuplot, bars and heat maps still are text, and curves say what is missing")
  func missingGnuplot() throws {
    let renderer = GnuplotRenderer(program: "/no/such/gnuplot")
    let display = PlotDisplay(columns: 80, rows: 24, color: false, hasWindows: true)
    let bars = Figure(title: "t", bars: .init(labels: ["a"], values: [1]))
    #expect(try renderer.show(bars, on: display)?.hasPrefix("t\na █") == true)
    #expect(throws: PlotError.self) {
      try renderer.show(Figure(curves: [.init("loss", y: [1])]), on: display)
    }
  }
}
