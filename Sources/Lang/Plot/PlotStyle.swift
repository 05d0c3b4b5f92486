import ASTKit

/// The look that every figure shares: colours, sizes and texts.
enum PlotStyle {
  static let ink = "#24292f"
  static let softInk = "#57606a"
  static let grid = "#e4e7eb"
  static let axis = "#afb8c1"
  static let background = "#ffffff"

  /// Colours told apart by colour-blind readers too (after Okabe and Ito), darkened where
  /// they would be too light for a thin line on white.
  static let curves = [
    "#0072b2", "#d55e00", "#009e73", "#b8528f", "#c98a00", "#3a9bd5", "#5c5c5c",
  ]

  /// The colour of curve `index`; after the last colour they come again (see `dash`).
  static func color(_ index: Int) -> String { curves[index % curves.count] }
  /// Line patterns tell curves of one colour apart.
  static func dash(_ index: Int) -> Int { index / curves.count % 4 + 1 }

  /// The colour mixed with white: 0 is the colour itself, 1 is white.
  static func pale(_ color: String, by share: Double) -> String {
    guard let value = Int(color.dropFirst(), radix: 16) else { return color }
    let mixed = [16, 8, 0].map { shift -> String in
      let channel = Double(value >> shift & 255)
      let text = String(Int(clamped: channel + (255 - channel) * share), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + mixed.joined()
  }

  /// From nothing (nearly white) to all (dark blue), in steps that look even.
  static let sequential = [
    "#f4f7fa", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c",
    "#08306b",
  ]
  /// From this share of the range upwards, a cell is dark enough to need white numbers.
  static let darkFrom = 0.55

  /// Sizes in pixels of a figure 800 pixels wide; PNG has two dots for each.
  static let width = 800.0
  static let text = 13.0
  static let smallText = 11.0
  static let titleText = 17.0
  static let margin = 20.0

  /// Almost everywhere there is something under the name Arial (Liberation Sans, Helvetica).
  static let font = "Arial"

  /// `font 'Arial,13'`
  static func font(_ size: Double, bold: Bool = false) -> String {
    "font '\(font)\(bold ? ":Bold" : ""),\(GnuplotText.number((size * 10).rounded() / 10))'"
  }
}
