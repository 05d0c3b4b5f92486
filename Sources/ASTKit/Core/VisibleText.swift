/// Text from outside (names of files, classes and tensors, arguments, sources) as a person may
/// be shown it: whatever a terminal would obey, or nobody could see, stands as the escape that
/// a script would write for it.

extension Unicode.Scalar {
  /// Whether it steers a terminal, turns the direction of the text around it, or is not to be
  /// seen: controls (C0, DEL, C1), line and paragraph separators, bidirectional marks, joiners,
  /// fillers, tags, and what no text may hold.
  ///
  /// Letters that are not assigned yet or are private stay: they steer nothing, and the tables
  /// here are older than some file's names.
  public var isHidden: Bool {
    if value < 0x7F { return value < 0x20 }
    if value < 0xA0 { return true }
    switch value {
    // They choose how the sign before them looks, a coloured heart or a plain one.
    case 0xFE0E, 0xFE0F: return false
    case 0xFFF9...0xFFFB: return true
    default: break
    }
    if properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint { return true }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  /// The escape that stands for it in a string of a script: `\n`, `\u{9B}`.
  public var escape: String {
    switch self {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    case "\0": "\\0"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}

extension StringProtocol {
  /// The text on one line with every hidden character as its escape. What is escaped already
  /// stays as it is.
  public var printable: String { escaping { _ in false } }

  /// Like `printable`, but line ends and tabs stay what they are.
  public var printableLines: String { escaping { $0 == "\n" || $0 == "\t" } }

  /// A name out of a file as a message may show it: printable, and at most 100 letters long.
  public var shown: String { printable.shortened(to: 100) }

  /// The text with its middle left out when it has more than `limit` letters: a sentence
  /// about a very long name keeps its beginning and its end.
  public func shortened(to limit: Int) -> String {
    // Counted by code points: a single letter may have a thousand accents.
    let letters = unicodeScalars
    guard utf8.count > limit, letters.count > limit else { return String(self) }
    let tail = limit / 4
    var result = String.UnicodeScalarView(letters.prefix(limit - tail - 1))
    result.append("…")
    result.append(contentsOf: letters.suffix(tail))
    return String(result)
  }

  private func escaping(except stays: (Unicode.Scalar) -> Bool) -> String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(self) }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar.isHidden && !stays(scalar) {
        // One by one: `append(contentsOf:)` of this view copies the whole text each time.
        for letter in scalar.escape.unicodeScalars { result.append(letter) }
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
