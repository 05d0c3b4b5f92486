import ASTKit

/// Text that came from elsewhere, as a person would have typed it.
enum Paste {
  /// `text` without the prompts of a copied session.
  ///
  /// When the first line starts with `petl> `, the block is a transcript: lines after a
  /// prompt are kept, the others are output and go. Line ends become newlines.
  static func clean(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    guard let first = lines.first(where: { !isBlank($0) }), unprompted(first, .primary) != nil
    else { return lines.joined(separator: "\n") }
    return
      lines
      .compactMap { unprompted($0, .primary) ?? unprompted($0, .continuation) }
      .joined(separator: "\n")
  }

  /// A pasted block as it is put into the line: cleaned, and with an escape for everything
  /// that the person could not see before pressing Enter. In a string of a script the escape
  /// means the same.
  static func visible(_ text: String) -> String {
    clean(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text).printableLines
  }

  /// A further line of an entry, cleaned: where pasted lines arrive one by one, each brings
  /// its own prompt.
  static func cleanContinuation(_ line: String) -> String {
    unprompted(line[...], .continuation).map(String.init) ?? clean(line)
  }

  private static func unprompted(_ line: Substring, _ prompt: Prompt) -> Substring? {
    if line.hasPrefix(prompt.rawValue) { return line.dropFirst(prompt.rawValue.count) }
    // A prompt with nothing typed after it often loses its last space when copied.
    let bare = prompt.rawValue.dropLast()
    return line == bare ? line.dropFirst(bare.count) : nil
  }

  private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
}
