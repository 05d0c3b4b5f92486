import ASTKit

/// A kind of file that a figure can be written to.
public enum PlotFormat: String, CaseIterable, Sendable {
  case svg, png, pdf, txt

  /// The endings of file names, without the point.
  public static var endings: [String] { allCases.map(\.rawValue) }

  /// The format that the ending of `path` names.
  /// - Throws: `PlotError.unknownFormat` with the formats there are.
  public init(path: String) throws {
    let ending = PathBytes.ending(of: path)
    guard path.utf8.last != UInt8(ascii: "/"),
      let format = PlotFormat(rawValue: ending.lowercased())
    else {
      throw PlotError.unknownFormat(path: path, ending: ending)
    }
    self = format
  }

  /// The gnuplot terminal that writes it.
  var terminal: String {
    switch self {
    case .svg: "svg"
    case .png: "pngcairo"
    case .pdf: "pdfcairo"
    case .txt: "dumb"
    }
  }
}

/// A drawing surface of gnuplot: the command that opens it, and its size in the figure's pixels.
struct PlotSurface {
  enum Kind: Equatable {
    /// Lines, colours, fonts: files and windows.
    case graphic
    /// Letters in columns and rows.
    case text(columns: Int, rows: Int, color: Bool)
  }

  var kind: Kind
  /// The whole `set terminal` command.
  var terminal: String

  /// A file of `format` (not `txt`) for a figure of that layout.
  static func file(_ format: PlotFormat, for layout: FigureLayout) -> PlotSurface {
    graphic(format.terminal, for: layout)
  }

  static func text(columns: Int, rows: Int, color: Bool) -> PlotSurface {
    // dumb knows no size above 2,047, and below these it has no room for a plot.
    let columns = min(max(columns, 30), 400)
    let rows = min(max(rows, 10), 200)
    let command =
      "set terminal dumb \(color ? "ansi256" : "mono") noenhanced size \(columns),\(rows)"
    return PlotSurface(
      kind: .text(columns: columns, rows: rows, color: color), terminal: command)
  }

  /// A terminal that draws, by its gnuplot name.
  static func graphic(_ terminal: String, for layout: FigureLayout) -> PlotSurface {
    let (width, height) = (layout.width, layout.height)
    let pixels = "size \(Int(clamped: width)),\(Int(clamped: height))"
    let font = PlotStyle.font(PlotStyle.text)
    let options =
      switch terminal {
      case "svg": "\(pixels) fixed noenhanced butt background '\(PlotStyle.background)' \(font)"
      case "pngcairo", "png":
        // Two dots a pixel, so that it is sharp on today's screens and in print.
        "noenhanced size \(Int(clamped: 2 * width)),\(Int(clamped: 2 * height)) "
          + "background '\(PlotStyle.background)' \(font)"
          + (terminal == "png" ? "" : " fontscale 1.5 linewidth 2 pointscale 2 butt")
      case "pdfcairo":
        // 96 pixels an inch, as browsers have it.
        "noenhanced size \(width / 96)in,\(height / 96)in "
          + "background '\(PlotStyle.background)' \(font) fontscale 0.64 linewidth 1 butt"
      case "qt", "wxt", "x11": "\(pixels) noenhanced \(font) title 'petl' persist"
      case "kittycairo": "\(pixels) noenhanced \(font)"
      case "sixelgd": "\(pixels) noenhanced truecolor \(font)"
      default: "noenhanced"
      }
    return PlotSurface(kind: .graphic, terminal: "set terminal \(terminal) \(options)")
  }
}
