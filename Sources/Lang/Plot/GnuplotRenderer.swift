import ASTKit
import Glibc
import Synchronization

/// Draws figures with gnuplot: to a file, in a window, or as text.
///
/// A gnuplot that is missing, dies, refuses or hangs is an error value; the next figure gets a
/// new one.
public final class GnuplotRenderer: Sendable {
  /// The renderer of this process. `PETL_GNUPLOT` names another program than `gnuplot`.
  public static let shared = GnuplotRenderer(
    program: getenv("PETL_GNUPLOT").map { String(cString: $0) })

  private let process: GnuplotProcess
  /// One of its own, since its windows close when it ends.
  private let windows: GnuplotProcess
  private let terminals = Mutex<[String]?>(nil)

  /// - Parameters:
  ///   - program: the gnuplot to run; `nil` or empty is `gnuplot` in the search path.
  ///   - timeout: seconds without any progress after which it is ended.
  ///   - limit: seconds that a drawing may take in all.
  public init(program: String? = nil, timeout: Double = 20, limit: Double = 60) {
    let name = program.flatMap { $0.isEmpty ? nil : $0 } ?? GnuplotProcess.standardProgram
    process = GnuplotProcess(program: name, timeout: timeout, limit: limit)
    windows = GnuplotProcess(program: name, timeout: timeout, limit: limit)
  }

  /// Writes the figure to a file whose ending says the format: svg, png, pdf or txt. The file
  /// is complete when this returns, and is only replaced by a complete one.
  /// - Parameter interrupt: raised to give up on a figure that is being drawn; here and below.
  /// - Returns: what to tell the user, on one line: the file and what was left out of it.
  /// - Throws: `PlotError`, `FileError.unwritable` naming the path, `EngineError.interrupted`.
  public func render(
    _ figure: Figure, to path: String, interrupt: InterruptFlag? = nil
  ) throws -> String {
    let format = try PlotFormat(path: path)
    let left = try FigureCheck.emptyCurves(figure)
    do {
      // The file is opened first, so that a path that cannot be written costs no drawing.
      try AtomicFile.write(path) { sink in
        try sink.write(data(of: figure, as: format, interrupt: interrupt))
      }
    } catch PlotError.missingGnuplot(let program, let reason, _) {
      let script = try PlotScriptFile.write(figure, format: format, beside: path)
      throw PlotError.missingGnuplot(program: program, reason: reason, script: script)
    }
    guard !left.isEmpty else { return "wrote \(path)" }
    let reasons = left.map { "'\($0.name.printable.shortened(to: 40))' (\($0.reason))" }
    return "wrote \(path) without \(reasons.joined(separator: ", "))"
  }

  /// The figure as the bytes of a file, to stand in a page, say.
  /// - Throws: `PlotError`, `EngineError.interrupted`.
  public func data(
    of figure: Figure, as format: PlotFormat, interrupt: InterruptFlag? = nil
  ) throws -> [UInt8] {
    if format == .txt {
      let text = try text(
        of: figure, columns: 80, rows: 24, color: false, interrupt: interrupt)
      return Array(text.utf8)
    }
    guard !figure.panels.isEmpty else { throw PlotError.nothingToDraw }
    let surface = PlotSurface.file(format, for: FigureLayout(figure))
    let script = try GnuplotScript.draw(figure, on: surface)
    let available = try availableTerminals(interrupt)
    guard available.contains(format.terminal) else {
      throw PlotError.unavailableFormat(
        ending: format.rawValue, terminal: format.terminal,
        has: PlotFormat.allCases.filter { available.contains($0.terminal) }.map(\.rawValue))
    }
    let bytes = try draw(script, interrupt)
    guard format == .svg else { return bytes }
    let svg = String(decoding: bytes, as: UTF8.self)
    return Array(SVGCleaning.clean(svg, title: figure.title ?? "plot").utf8)
  }

  /// The figure as lines of letters that fit into `columns` x `rows`.
  /// - Throws: `PlotError`, `EngineError.interrupted`.
  public func text(
    of figure: Figure, columns: Int, rows: Int, color: Bool, interrupt: InterruptFlag? = nil
  ) throws -> String {
    guard !figure.panels.isEmpty else { throw PlotError.nothingToDraw }
    var lines: [String] = []
    var title = figure.title
    for panel in figure.panels {
      switch panel {
      case .curves(let curves):
        let heading =
          TextLines.heading(title, columns: columns)
          + TextLegend.lines(try CurveDrawing(curves), columns: columns, color: color)
        let part = Figure(panels: [panel])
        // One row of the window is left to the prompt, one is empty and goes.
        let height = max(rows / figure.panels.count - heading.count, 14)
        lines += heading
        let surface = PlotSurface.text(columns: columns, rows: height, color: color)
        let drawn = try draw(GnuplotScript.draw(part, on: surface), interrupt)
        lines += TextLines.trim(String(decoding: drawn, as: UTF8.self))
      case .bars(let bars):
        lines += TextLines.heading(title, columns: columns)
        lines += try TextPanels.bars(bars, columns: columns)
      case .heatMap(let map):
        lines += TextLines.heading(title, columns: columns)
        lines += try TextPanels.heatMap(map, columns: columns, color: color)
      }
      title = nil
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Shows the figure where the user can see it best.
  /// - Returns: what to write to the terminal (letters, or a picture in escape sequences);
  ///   `nil` when the figure is in a window.
  /// - Throws: `PlotError`, `EngineError.interrupted`.
  public func show(
    _ figure: Figure, on display: PlotDisplay, interrupt: InterruptFlag? = nil
  ) throws -> String? {
    let terminal = try terminal(for: display, interrupt)
    if terminal == "dumb" {
      return try text(
        of: figure, columns: display.columns, rows: display.rows, color: display.color,
        interrupt: interrupt)
    }
    let surface = PlotSurface.graphic(terminal, for: FigureLayout(figure))
    let script = try GnuplotScript.draw(figure, on: surface)
    if PlotDisplay.windows.contains(terminal) {
      _ = try windows.run(script, interrupt: interrupt)
      return nil
    }
    return String(decoding: try draw(script, interrupt), as: UTF8.self)
  }

  private func terminal(for display: PlotDisplay, _ interrupt: InterruptFlag?) throws -> String {
    do {
      return try display.terminal(among: availableTerminals(interrupt))
    } catch is PlotError where display.preferred == nil {
      return "dumb"  // Bars and heat maps as text need no gnuplot; curves meet the error again.
    }
  }

  /// The terminals that gnuplot has; asked once.
  /// - Throws: `PlotError`.
  func availableTerminals(_ interrupt: InterruptFlag? = nil) throws -> [String] {
    if let known = terminals.withLock({ $0 }) { return known }
    let answer = try process.run("set print '-'\nprint GPVAL_TERMINALS\n", interrupt: interrupt)
    let names = String(decoding: answer, as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).map(String.init)
    terminals.withLock { $0 = names }
    return names
  }

  /// Draws, then closes the terminal, at which gnuplot writes the last of the picture.
  ///
  /// Each picture has a gnuplot of its own, for 15 ms more: what was drawn before leaves traces
  /// in a terminal (colours, numbers of plots), and the same figure must be the same file.
  private func draw(_ script: String, _ interrupt: InterruptFlag?) throws -> [UInt8] {
    let bytes = try process.run(
      script + "set output\nset terminal unknown\n", interrupt: interrupt, isLast: true)
    guard !bytes.isEmpty else {
      throw PlotError.gnuplotFailed(reason: "gnuplot drew nothing and gave no reason")
    }
    return bytes
  }
}

extension GnuplotRenderer {
  /// `shared.render(_:to:)`
  public static func render(
    _ figure: Figure, to path: String, interrupt: InterruptFlag? = nil
  ) throws -> String {
    try shared.render(figure, to: path, interrupt: interrupt)
  }

  /// `shared.text(of:columns:rows:color:)`
  public static func renderText(
    _ figure: Figure, columns: Int, rows: Int, color: Bool, interrupt: InterruptFlag? = nil
  ) throws -> String {
    try shared.text(
      of: figure, columns: columns, rows: rows, color: color, interrupt: interrupt)
  }

  /// `shared.show(_:on:)`
  public static func show(
    _ figure: Figure, on display: PlotDisplay, interrupt: InterruptFlag? = nil
  ) throws -> String? {
    try shared.show(figure, on: display, interrupt: interrupt)
  }
}

/// What a figure holds that cannot be drawn.
enum FigureCheck {
  /// The curves that have no value to draw, in panels where others have some.
  /// - Throws: `PlotError` when a panel cannot be drawn at all.
  static func emptyCurves(_ figure: Figure) throws -> [CurveDrawing.Empty] {
    guard !figure.panels.isEmpty else { throw PlotError.nothingToDraw }
    return try figure.panels.flatMap { panel -> [CurveDrawing.Empty] in
      switch panel {
      case .curves(let curves): return try CurveDrawing(curves).empty
      case .bars(let bars): _ = try BarLayout(bars)
      case .heatMap(let map): _ = try HeatMapCells(map)
      }
      return []
    }
  }
}
