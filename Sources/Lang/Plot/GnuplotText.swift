import ASTKit
import Glibc

/// Texts and numbers in the form in which they may stand in gnuplot's commands.
///
/// gnuplot on a pipe is a shell, so no text from outside is trusted: in quotes it runs no
/// commands, and it can end neither the quotes nor the line.
enum GnuplotText {
  /// The text as a string of gnuplot's, on one line, at most `limit` characters long.
  ///
  /// Between single quotes everything but the quote itself is inert. A doubled quote is not
  /// understood everywhere (gnuplot 5.4 ends the string at the second of `'''x'` and of
  /// `'x''''y'`), so a text with quotes goes between double ones, all but letters, digits
  /// and spaces as octal codes.
  static func quote(_ text: String, limit: Int = 80) -> String {
    let text = shorten(plain(text), to: limit)
    guard text.contains("'") else { return "'\(text)'" }
    let escaped = text.unicodeScalars.map { scalar -> String in
      guard scalar.isASCII, !scalar.properties.isAlphabetic, scalar != " " else {
        return String(scalar)
      }
      let octal = String(scalar.value, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
    return "\"\(escaped.joined())\""
  }

  /// Like `quote`, for labels of tics, in which gnuplot reads `%` as the start of a format.
  static func quoteTic(_ text: String, limit: Int) -> String {
    quote(shorten(plain(text), to: limit).replacing("%", with: "%%"), limit: 2 * limit)
  }

  /// The text on one line: line breaks and tabs become spaces, other hidden characters their
  /// escapes.
  static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isBlank = "\n\r\t\u{B}\u{C}\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
      result.append(isBlank ? " " : scalar)
    }
    return String(result).printable
  }

  /// The text cut to `limit` characters, the last of them an ellipsis. A character of more
  /// than eight code points is cut, too.
  static func shorten(_ text: String, to limit: Int) -> String {
    let isLong = text.count > limit
    var result = ""
    for character in text.prefix(isLong ? max(limit - 1, 0) : limit) {
      for scalar in character.unicodeScalars.prefix(8) { result.unicodeScalars.append(scalar) }
    }
    return isLong ? result + "…" : result
  }

  /// A number as gnuplot reads it. Only for finite numbers.
  static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(clamped: value))" : "\(value)"
  }

  /// A number for people, with at most `digits` significant digits: "0.923", "1.2e-05".
  static func display(_ value: Double, digits: Int32 = 3) -> String {
    if value == value.rounded(), abs(value) < 1e6 { return "\(Int(clamped: value))" }
    return printf("%.*g", [digits, value])
  }

  /// A number with a fixed number of digits behind the point.
  static func fixed(_ value: Double, decimals: Int32) -> String {
    printf("%.*f", [decimals, value])
  }

  private static func printf(_ format: String, _ arguments: [any CVarArg]) -> String {
    withVaList(arguments) { list in
      var buffer = [CChar](repeating: 0, count: 64)
      let count = Int(vsnprintf(&buffer, buffer.count, format, list))
      let length = max(0, min(count, buffer.count - 1))
      return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// How wide the text is when drawn, in the unit of `size`; a little on the wide side, as
  /// nobody knows which font will be used.
  static func width(_ text: String, size: Double) -> Double {
    var ems = 0.0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "i", "j", "l", "t", "f", "r", "I", ".", ",", ":", ";", "'", "|", "!", " ", "(", ")":
        ems += 0.34
      case "m", "w", "M", "W", "@", "%", "…": ems += 0.95
      case "A"..."Z": ems += 0.69
      case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{A4CF}", "\u{AC00}"..."\u{D7A3}",
        "\u{F900}"..."\u{FAFF}", "\u{FF00}"..."\u{FF60}", "\u{1F300}"..."\u{1FAFF}":
        ems += 1.05
      default: ems += scalar.properties.generalCategory == .nonspacingMark ? 0 : 0.57
      }
    }
    return ems * size
  }
}
