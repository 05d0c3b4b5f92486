import ASTKit

/// Splits a source into words.
///
/// It keeps newlines and the white space before each word, because the parser needs both: a
/// newline ends a statement, and `f -1` differs from `f - 1` by a blank.
struct Lexer {
  let source: Source
  var position: Int
  /// Where to stop; the whole source unless a part is lexed.
  let end: Int
  /// How many `\( )` the lexer stands in.
  var interpolationDepth = 0
  static let maximumInterpolationDepth = 16
  /// Words read so far, those inside strings too.
  private var words = 0
  private let mostWords: Int

  init(_ source: Source, mostWords: Int = Limits.scriptWords) {
    self.source = source
    self.mostWords = mostWords
    position = 0
    end = source.bytes.count
  }

  /// All words, the last of which is `.end`.
  ///
  /// - Throws: `Diagnostic` for the first text that is no word of the language.
  static func tokens(
    _ source: Source, mostWords: Int = Limits.scriptWords
  ) throws -> [Token] {
    var lexer = Lexer(source, mostWords: mostWords)
    var tokens: [Token] = []
    tokens.reserveCapacity(source.bytes.count / 4)
    while true {
      let token = try lexer.next(isFirstOfLine: tokens.last.map { $0.endsLine } ?? true)
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  /// The word at `position`, which moves behind it.
  mutating func next(isFirstOfLine: Bool = false) throws -> Token {
    let spaceBefore = skipBlanks()
    let start = position
    guard let byte = peek() else { return token(.end, from: start, spaceBefore) }
    words += 1
    guard words <= mostWords else {
      throw failure(
        "a script may have \(mostWords.grouped) words, and there are more",
        SourceRange(start, start + 1), "read large data from a file")
    }
    switch byte {
    case UInt8(ascii: "\n"):
      position += 1
      return token(.newline, from: start, spaceBefore)
    case UInt8(ascii: "#"):
      // Blanks and ordinary comments are skipped above: what is left is a cell.
      skipToLineEnd()
      return token(.cell, from: start, spaceBefore)
    case UInt8(ascii: "?") where isFirstOfLine:
      return helpRequest(from: start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return try string(quote: byte, spaceBefore)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try number(spaceBefore)
    case UInt8(ascii: ".") where isDigit(peek(1)):
      return try number(spaceBefore)
    default:
      break
    }
    if let name = identifier() {
      let kind = Keyword(rawValue: name).map(Token.Kind.keyword) ?? .name(name)
      return token(kind, from: start, spaceBefore)
    }
    if let hint = Habits.sign(in: source.bytes, at: position) {
      let range = SourceRange(start, start + hint.length)
      throw failure("'\(source.text(in: range))' is not an operator here", range, hint.text)
    }
    for symbol in Symbol.byLength where matches(symbol) {
      position += symbol.rawValue.utf8.count
      return token(.symbol(symbol), from: start, spaceBefore)
    }
    throw unknownCharacter()
  }

  // MARK: - Blanks and comments

  /// Skips blanks, carriage returns, comments and escaped line ends; whether there were any.
  private mutating func skipBlanks() -> Bool {
    let start = position
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "#"):
        if isCellMarker { return position > start }
        skipToLineEnd()
      default: return position > start
      }
    }
    return position > start
  }

  /// Whether a `#` at `position` opens a cell: `#%%` or `# %%` at the very start of a line.
  private var isCellMarker: Bool {
    guard position == 0 || source.bytes[position - 1] == UInt8(ascii: "\n") else { return false }
    let percent = UInt8(ascii: "%")
    if peek(1) == percent && peek(2) == percent { return true }
    return peek(1) == UInt8(ascii: " ") && peek(2) == percent && peek(3) == percent
  }

  /// The rest of the line when nothing but blanks stands before it, else nothing.
  private var lineFromHere: SourceRange {
    let line = source.line(at: position)
    let whole = source.range(ofLine: line)
    let before = source.bytes[whole.start..<position]
    let isStart = before.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return SourceRange(isStart ? position : whole.end, whole.end)
  }

  mutating func skipToLineEnd() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
  }

  private mutating func helpRequest(from start: Int) -> Token {
    position += 1
    let search = peek() == UInt8(ascii: "?")
    if search { position += 1 }
    let textStart = position
    skipToLineEnd()
    let text = source.text(in: SourceRange(textStart, position)).split(separator: "#").first
    return token(.help(String(text ?? "").trimmed, search: search), from: start, false)
  }

  // MARK: - Names

  private mutating func identifier() -> String? {
    let start = position
    while let byte = peek() {
      if byte < 0x80 {
        guard isLetter(byte) || (position > start && isDigit(byte)) else { break }
        position += 1
      } else {
        guard let scalar = scalar(at: position), Habits.isNameScalar(scalar) else { break }
        position += UTF8.width(scalar)
      }
    }
    return position > start ? source.text(in: SourceRange(start, position)) : nil
  }

  // MARK: - Looking at the text

  func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < end ? source.bytes[position + offset] : nil
  }

  func matches(_ symbol: Symbol) -> Bool {
    var offset = 0
    for byte in symbol.rawValue.utf8 {
      guard peek(offset) == byte else { return false }
      offset += 1
    }
    return true
  }

  func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  func isLetter(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte == UInt8(ascii: "_")
      || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  /// The Unicode scalar that starts at `offset`.
  func scalar(at offset: Int) -> Unicode.Scalar? {
    String(decoding: source.bytes[offset..<min(offset + 4, end)], as: UTF8.self)
      .unicodeScalars.first
  }

  func token(_ kind: Token.Kind, from start: Int, _ spaceBefore: Bool) -> Token {
    Token(kind: kind, range: SourceRange(start, position), spaceBefore: spaceBefore)
  }

  func failure(_ message: String, _ range: SourceRange, _ hint: String? = nil) -> Diagnostic {
    Diagnostic(message, at: SourceLocation(source, range), hint: hint)
  }

  private func unknownCharacter() -> Diagnostic {
    guard let scalar = scalar(at: position) else {
      return failure("unreadable text", SourceRange(position, position + 1))
    }
    let range = SourceRange(position, position + UTF8.width(scalar))
    if scalar == "$", let refused = Habits.prompt(source.text(in: lineFromHere)) {
      return failure(refused.message, range, refused.hint)
    }
    let (message, hint) = Habits.character(scalar)
    return failure(message, range, hint)
  }
}

extension Token {
  /// Whether a `?` after it asks for help: it stands at the start of a line.
  var endsLine: Bool { kind == .newline || kind == .cell }
}

extension Symbol {
  static let byLength = allCases.sorted { $0.rawValue.utf8.count > $1.rawValue.utf8.count }
}

extension String {
  /// The text without blanks at either end.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}

extension UTF8 {
  static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x80: 1
    case 0x80..<0x800: 2
    case 0x800..<0x10000: 3
    default: 4
    }
  }
}
