extension String {
  /// A name out of a file as a message may show it: no control characters, and no more than
  /// 100 letters.
  var shown: String {
    String(prefix(100)).withoutControls + (dropFirst(100).isEmpty ? "" : "…")
  }

  /// The text on one line, without the characters that a terminal would obey.
  var withoutControls: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
    let letters: [Character] = map { letter in
      letter.unicodeScalars.contains(where: \.isControl) ? "\u{FFFD}" : letter
    }
    return String(letters)
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
