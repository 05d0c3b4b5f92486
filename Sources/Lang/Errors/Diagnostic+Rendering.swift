import ASTKit

extension Diagnostic {
  /// The drawing that a person reads:
  ///
  ///     error: 'conformer' has no argument 'kernal'
  ///       train.petl:7:32
  ///       7 │ attach net, conformer(rate: 8, kernal: 31)
  ///         │                                ^^^^^^ did you mean 'kernel'?
  ///
  /// It ends with a newline. Hidden characters of the source and of names stand as escapes, so
  /// that a file cannot steer the terminal through an error about it.
  ///
  /// - Parameter columns: of the window it is shown in, which the drawing fits; `nil` for none.
  public func rendered(color: Bool = false, columns: Int? = nil) -> String {
    let paint = Paint(on: color)
    let tint = severity == .error ? Paint.red : Paint.yellow
    var text = paint.text("\(severity.rawValue):", tint) + " \(Self.line(message))\n"
    if let location {
      text += "  \(Self.line(location.description))\n" + drawing(of: location, columns, paint, tint)
    } else if let hint {
      text += "  \(Self.line(hint))\n"
    }
    for note in notes { text += "  \(Self.line(note))\n" }
    return text
  }

  /// More letters than this in one sentence are a name that fills the window.
  private static let longestLine = 1000

  private static func line(_ text: String) -> String {
    text.printable.shortened(to: longestLine)
  }

  private func drawing(
    of location: SourceLocation, _ columns: Int?, _ paint: Paint, _ tint: Int
  ) -> String {
    let source = location.source
    let line = source.line(at: location.range.start)
    let whole = source.range(ofLine: line)
    let start = min(max(location.range.start, whole.start), whole.end)
    let end = min(max(location.range.end, start), whole.end)
    let before = Excerpt.columns(source.text(in: SourceRange(whole.start, start)))
    let marked = Excerpt.columns(source.text(in: SourceRange(start, end)))
    let after = Excerpt.columns(source.text(in: SourceRange(end, whole.end)))
    let gutter = "\(line)"
    // Beside the gutter, its line and the blanks around them; the last column makes some
    // terminals begin a new line.
    let width = min(100, max(16, (columns ?? 120) - gutter.count - 6))
    let excerpt = Excerpt(before: before, marked: marked, after: after, width: width)
    let blank = String(repeating: " ", count: gutter.count)
    let carets = String(repeating: "^", count: max(1, excerpt.markedWidth))
    let indent = String(repeating: " ", count: excerpt.beforeWidth)
    var text = "  \(gutter) │ \(excerpt.text)".trimmedAtEnd + "\n"
    text += "  \(blank) │ \(indent)\(paint.text(carets, tint))"
    guard let hint = hint.map(Self.line) else { return text + "\n" }
    let column = excerpt.beforeWidth + carets.count + gutter.count + 6
    text += column + hint.count <= (columns ?? 120) ? " " : "\n  \(blank) │ "
    return text + hint + "\n"
  }
}

/// The part of a source line that fits beside the gutter, with the marked part in view.
private struct Excerpt {
  private(set) var text: String
  private(set) var beforeWidth: Int
  private(set) var markedWidth: Int

  init(before: String, marked: String, after: String, width: Int) {
    var (before, marked, after) = (before, marked, after)
    if before.columnWidth + marked.columnWidth + after.columnWidth > width {
      marked = String(marked.prefix(width * 6 / 10))
      let most = width * 4 / 10
      if before.count > most { before = "…" + before.suffix(most - 4) }
      let room = max(0, width - before.columnWidth - marked.columnWidth)
      if after.count > room { after = after.prefix(max(0, room - 1)) + "…" }
    }
    text = before + marked + after
    beforeWidth = before.columnWidth
    markedWidth = marked.columnWidth
  }

  /// The text with each tab and no-break space as one blank, without the end of its line, and without hidden
  /// characters.
  static func columns(_ text: String) -> String {
    var blanks = text.replacing("\t", with: " ").replacing("\u{A0}", with: " ")
    while blanks.last?.isNewline == true { blanks.removeLast() }
    return blanks.printable
  }
}

/// Colours from the 16 that every terminal has.
struct Paint {
  static let red = 31
  static let yellow = 33
  private let isOn: Bool
  init(on: Bool) { isOn = on }
  func text(_ text: String, _ color: Int) -> String {
    isOn ? "\u{1B}[1;\(color)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  /// How many columns of a terminal the text fills: 2 for wide East Asian characters and
  /// emoji, 0 for combining marks.
  public var columnWidth: Int {
    if utf8.allSatisfy({ $0 < 0x7F }) { return utf8.count }
    return reduce(0) { $0 + $1.columnWidth }
  }

  var trimmedAtEnd: String {
    var result = self
    while result.last == " " { result.removeLast() }
    return result
  }
}

extension Character {
  var columnWidth: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x0300...0x036F: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
