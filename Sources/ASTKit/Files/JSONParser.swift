/// Reads JSON as Python's `json` does, which wrote most of the files: members keep their order,
/// and `NaN` and `Infinity`, which JSON itself lacks, are numbers. A byte-order mark, which some
/// editors put before the text, is passed over.
///
/// Memory is bounded by the text, and the stack by `depthLimit`.
struct JSONParser {
  /// Why a text is no JSON object.
  enum Failure: Error { case isNoJSON, isNoObject }

  static let depthLimit = 256

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  /// The object that the text is.
  static func object(_ bytes: [UInt8]) throws(Failure) -> JSONMembers {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(Failure) in try members(buffer) }
    }
    return JSONMembers(try result.get())
  }

  /// The members of the object that the text is, also those whose key comes again.
  static func members(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> [(String, JSONValue)] {
    var parser = JSONParser(bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    parser.skipSpace()
    let isObject = parser.isAt("{")
    var members: [(String, JSONValue)] = []
    if isObject { members = try parser.members() } else { _ = try parser.value() }
    parser.skipSpace()
    guard parser.position == bytes.count else { throw .isNoJSON }
    guard isObject else { throw .isNoObject }
    return members
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    guard position < bytes.count else { throw .isNoJSON }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(JSONMembers(try members()))
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .text(try text())
    default: break
    }
    for (word, value) in JSONParser.words where take(word) { return value }
    return try number()
  }

  private static let words: [(String, JSONValue)] = [
    ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("NaN", .number(.nan)),
    ("Infinity", .number(.infinity)), ("-Infinity", .number(-.infinity)),
  ]

  private mutating func members() throws(Failure) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = []
    try list(to: "}") { parser throws(Failure) in
      parser.skipSpace()
      let key = try parser.text()
      parser.skipSpace()
      guard parser.take(":") else { throw Failure.isNoJSON }
      members.append((key, try parser.value()))
    }
    return members
  }

  private mutating func elements() throws(Failure) -> [JSONValue] {
    var elements: [JSONValue] = []
    try list(to: "]") { parser throws(Failure) in elements.append(try parser.value()) }
    return elements
  }

  /// What stands between the bracket at `position` and `end`, separated by commas.
  private mutating func list(
    to end: String, _ item: (inout JSONParser) throws(Failure) -> Void
  ) throws(Failure) {
    position += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= JSONParser.depthLimit else { throw .isNoJSON }
    skipSpace()
    if take(end) { return }
    repeat {
      try item(&self)
      skipSpace()
    } while take(",")
    guard take(end) else { throw .isNoJSON }
  }

  // MARK: - Words, numbers, texts

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func isAt(_ word: String) -> Bool { bytes[position...].starts(with: word.utf8) }

  private mutating func take(_ word: String) -> Bool {
    guard isAt(word) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    _ = take("-")
    // A number that begins with 0 has no other digit before its point.
    guard take("0") || digits() else { throw .isNoJSON }
    if take("."), !digits() { throw .isNoJSON }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard digits() else { throw .isNoJSON }
    }
    let literal = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(literal) { return .integer(integer) }
    guard let number = Double(literal) else { throw .isNoJSON }
    return Int(exactly: number).map { .integer($0) } ?? .number(number)
  }

  private mutating func digits() -> Bool {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    return position > start
  }

  private mutating func text() throws(Failure) -> String {
    guard take("\"") else { throw .isNoJSON }
    var units: [UInt8] = []
    while position < bytes.count, bytes[position] >= 0x20 {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw .isNoJSON }
        return text
      case UInt8(ascii: "\\"): try units.append(contentsOf: escaped())
      default: units.append(byte)
      }
    }
    throw .isNoJSON
  }

  /// The UTF-8 of what follows a backslash.
  private mutating func escaped() throws(Failure) -> [UInt8] {
    for (letter, byte) in JSONParser.escapes where take(letter) { return [byte] }
    guard take("u") else { throw .isNoJSON }
    var unit = try hexadecimal()
    // Beyond the first 65,536 a character is two units, a high and a low surrogate.
    if (0xD800..<0xDC00).contains(unit) {
      guard take("\\u") else { throw .isNoJSON }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw .isNoJSON }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw .isNoJSON }
    return Array(String(scalar).utf8)
  }

  private static let escapes: [(String, UInt8)] = [
    ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 0x08), ("f", 0x0C), ("n", 0x0A),
    ("r", 0x0D), ("t", 0x09),
  ]

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard bytes.count - position >= 4 else { throw .isNoJSON }
    let literal = bytes[position..<position + 4]
    guard literal.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: literal, as: UTF8.self), radix: 16)
    else { throw .isNoJSON }
    position += 4
    return unit
  }
}
