extension String {
  /// A name out of a file as a message may show it: no control characters, which a terminal
  /// would obey, and no more than 100 letters.
  var shown: String {
    let letters = prefix(100).map { letter in
      letter.unicodeScalars.contains {
        $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
      } ? "\u{FFFD}" : letter
    }
    return String(letters) + (dropFirst(100).isEmpty ? "" : "…")
  }
}
