import ASTKit

extension Lexer {
  /// A number such as `12`, `0.5`, `5e-3`, `1_000`, with a unit when letters follow at once.
  mutating func number(_ spaceBefore: Bool) throws -> Token {
    let start = position
    digits()
    // `0...11` is a range and `3.count` has no meaning: a point belongs to the number only
    // when a digit follows.
    if peek() == UInt8(ascii: "."), isDigit(peek(1)) {
      position += 1
      digits()
    }
    if peek().map({ $0 | 0x20 }) == UInt8(ascii: "e") {
      let sign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
      if isDigit(peek(sign ? 2 : 1)) {
        position += sign ? 2 : 1
        digits()
      }
    }
    let digitsRange = SourceRange(start, position)
    let text = source.text(in: digitsRange).filter { $0 != "_" }
    guard let value = Double(text), value.isFinite else {
      throw failure("this number is too large", digitsRange, "the largest is about 1.8e308")
    }
    guard isLetter(peek()) || (peek() ?? 0) >= 0x80 else {
      return token(.number(value), from: start, spaceBefore)
    }
    return try quantity(value, from: start, spaceBefore)
  }

  private mutating func quantity(
    _ value: Double, from start: Int, _ spaceBefore: Bool
  ) throws -> Token {
    let unitStart = position
    while isLetter(peek()) || isDigit(peek()) || peek() == 0xC2 || peek() == 0xB5 {
      position += 1
    }
    let range = SourceRange(unitStart, max(position, unitStart + 1))
    let name = source.text(in: range)
    if let unit = Unit.named(name == "µs" ? "us" : name) {
      return token(.quantity(value, unit), from: start, spaceBefore)
    }
    if position == unitStart, let scalar = scalar(at: position), !Habits.isNameScalar(scalar) {
      // Not a unit at all: the next word reports the character itself.
      return token(.number(value), from: start, spaceBefore)
    }
    position = max(position, unitStart + 1)
    let number = source.text(in: SourceRange(start, unitStart))
    let near = Unit.all.first { $0.name.lowercased() == name.lowercased() }?.name
    let units = Unit.all.map(\.name).joined(separator: ", ")
    let hint =
      near.map { "did you mean '\(number)\($0)'?" }
      ?? "units are \(units); a product is '\(number) * \(name)'"
    throw failure("'\(name)' is not a unit", range, hint)
  }

  private mutating func digits() {
    while isDigit(peek()) || (peek() == UInt8(ascii: "_") && isDigit(peek(1))) { position += 1 }
  }

  /// A string: `"…"` with escapes and `\( )`, or `'…'` as it stands.
  mutating func string(quote: UInt8, _ spaceBefore: Bool) throws -> Token {
    let start = position
    let isRaw = quote == UInt8(ascii: "'")
    position += 1
    var pieces: [StringPiece] = []
    var bytes: [UInt8] = []
    func flush(_ bytes: inout [UInt8]) {
      if !bytes.isEmpty { pieces.append(.text(String(decoding: bytes, as: UTF8.self))) }
      bytes.removeAll()
    }
    while true {
      guard let byte = peek(), byte != UInt8(ascii: "\n") else {
        let mark = isRaw ? "'" : "\""
        if interpolationDepth > 0 {
          throw failure(
            "this string, or the '\\(' before it, is not closed", SourceRange(start, lineEnd),
            "close '\\(' with ')'")
        }
        throw failure(
          "this string is not closed", SourceRange(start, lineEnd),
          "end it with \(mark) on the same line"
            + (isRaw ? "" : "; a line break inside it is \\n"))
      }
      if byte == quote {
        position += 1
        break
      }
      if isRaw || byte != UInt8(ascii: "\\") {
        bytes.append(byte)
        position += 1
      } else if peek(1) == UInt8(ascii: "(") {
        flush(&bytes)
        pieces.append(.code(try interpolation(stringStart: start)))
      } else {
        try escape(into: &bytes)
      }
    }
    flush(&bytes)
    return token(.string(pieces), from: start, spaceBefore)
  }

  private var lineEnd: Int { position - (peek(-1) == UInt8(ascii: "\r") ? 1 : 0) }

  private mutating func escape(into bytes: inout [UInt8]) throws {
    let start = position
    let next = peek(1)
    position += 2
    switch next {
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "0"): bytes.append(0)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): bytes.append(next ?? 0)
    case UInt8(ascii: "u"):
      bytes += Array(String(try unicodeEscape(from: start)).utf8)
    default:
      position = min(position, end)
      throw failure(
        "'\(source.text(in: SourceRange(start, position)))' is not an escape",
        SourceRange(start, position),
        #"escapes are \n \t \r \0 \\ \" \u{…} \( ); 'single quotes' keep every \ as it is"#)
    }
  }

  private mutating func unicodeEscape(from start: Int) throws -> Character {
    var digits = ""
    if peek() == UInt8(ascii: "{") {
      position += 1
      while let byte = peek(), byte != UInt8(ascii: "}"), digits.utf8.count < 9,
        byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\"")
      {
        digits.unicodeScalars.append(Unicode.Scalar(byte))
        position += 1
      }
      if peek() == UInt8(ascii: "}"), let code = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(code)
      {
        position += 1
        return Character(scalar)
      }
    }
    throw failure(
      "this is not a Unicode character", SourceRange(start, position), #"write \u{E9} for é"#)
  }

  /// The words between `\(` and its `)`.
  private mutating func interpolation(stringStart: Int) throws -> [Token] {
    let start = position
    guard interpolationDepth < Self.maximumInterpolationDepth else {
      throw failure(
        "strings inside \\( ) are nested too deeply", SourceRange(start, start + 2),
        "at most \(Self.maximumInterpolationDepth) levels")
    }
    position += 2
    interpolationDepth += 1
    defer { interpolationDepth -= 1 }
    var depth = 0
    var tokens: [Token] = []
    while true {
      let token = try next()
      switch token.kind {
      case .end, .newline, .cell:
        throw failure(
          "'\\(' is not closed", SourceRange(start, start + 2),
          "close it with ')' before the end of the string")
      case .symbol(.rightParenthesis) where depth == 0:
        tokens.append(Token(kind: .end, range: token.range, spaceBefore: false))
        return tokens
      case .symbol(.leftParenthesis): depth += 1
      case .symbol(.rightParenthesis): depth -= 1
      default: break
      }
      tokens.append(token)
    }
  }
}
