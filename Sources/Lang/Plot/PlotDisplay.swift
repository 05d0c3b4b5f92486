import Glibc

/// Where a figure without a file is to be shown.
public struct PlotDisplay: Sendable {
  /// A way of drawing pictures that the user's terminal has said that it understands.
  public enum TerminalGraphics: String, Sendable { case sixel, kitty }

  /// The size of the terminal's window, in letters.
  public var columns: Int
  public var rows: Int
  /// Whether escape sequences for colours may be written.
  public var color: Bool
  /// What the terminal was found to understand; `nil` when nobody asked it or it cannot.
  public var graphics: TerminalGraphics?
  /// The name of a gnuplot terminal that the user has set, before all else.
  public var preferred: String?
  /// Whether there is a display to open a window on.
  public var hasWindows: Bool

  public init(
    columns: Int, rows: Int, color: Bool, graphics: TerminalGraphics? = nil,
    preferred: String? = nil, hasWindows: Bool = PlotDisplay.environmentHasWindows
  ) {
    self.columns = columns
    self.rows = rows
    self.color = color
    self.graphics = graphics
    self.preferred = preferred
    self.hasWindows = hasWindows
  }

  /// Whether the environment names an X or Wayland display.
  public static var environmentHasWindows: Bool {
    for name: String in ["DISPLAY", "WAYLAND_DISPLAY"] {
      if let value = getenv(name), value.pointee != 0 { return true }
    }
    return false
  }

  /// The gnuplot terminal to use: the user's own; a window; pictures in the terminal; letters.
  /// - Throws: `PlotError.unknownTerminal` for a user's own that gnuplot does not have.
  func terminal(among available: [String]) throws -> String {
    if let preferred {
      guard available.contains(preferred) else {
        throw PlotError.unknownTerminal(
          name: preferred, known: PlotDisplay.shown.filter(available.contains))
      }
      return preferred
    }
    if hasWindows, let window = PlotDisplay.windows.first(where: available.contains) {
      return window
    }
    switch graphics {
    case .kitty? where available.contains("kittycairo"): return "kittycairo"
    case .sixel? where available.contains("sixelgd"): return "sixelgd"
    default: return "dumb"
    }
  }

  static let windows = ["qt", "wxt", "x11"]
  /// Terminals that show a figure rather than write a file.
  static let shown = windows + ["kittycairo", "sixelgd", "dumb"]
}
