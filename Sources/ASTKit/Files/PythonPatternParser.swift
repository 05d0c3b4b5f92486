/// Takes a Python regular expression apart.
///
/// Grammar: <https://docs.python.org/3/library/re.html#regular-expression-syntax>.
struct PythonPatternParser {
  private typealias Node = PythonPattern.Node
  private typealias Failure = PythonPattern.Failure
  private static let depthLimit = 50

  private let text: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  static func parse(_ pattern: String) throws(PythonPattern.Failure) -> PythonPattern.Node {
    var parser = PythonPatternParser(text: Array(pattern.unicodeScalars))
    let node = try parser.choice()
    // Only a bracket that was never opened stops a choice before the end.
    guard parser.position == parser.text.count else { throw .broken }
    return node
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  // MARK: - Structure

  private mutating func choice() throws(Failure) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= PythonPatternParser.depthLimit else { throw .tooLong }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(Failure) -> Node {
    var parts: [Node] = []
    while let next = peek(), next != "|", next != ")" { parts.append(try repetition()) }
    return .sequence(parts)
  }

  private mutating func repetition() throws(Failure) -> Node {
    let start = position
    let node = try single()
    guard let (least, most) = try bounds() else { return node }
    if case .place = node { throw .broken }
    if case .ahead = node { throw unsupported(from: start) }
    _ = take("?")
    // What matched must not be given back, which a set of all ways cannot tell.
    if peek() == "+" {
      position += 1
      throw unsupported(from: start)
    }
    guard try bounds() == nil else { throw .broken }
    return .repeated(node, least: least, most: most)
  }

  /// What a repetition says, if one follows: `*`, `+`, `?`, `{2}`, `{2,}`, `{,3}`, `{2,3}`.
  private mutating func bounds() throws(Failure) -> (least: Int, most: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = position
    guard take("{"), peek() != "}" else {
      position = start
      return nil
    }
    let least = digits()
    let most = take(",") ? digits() : least
    guard take("}") else {
      // Python takes a brace that is no repetition as it is.
      position = start
      return nil
    }
    let limits = (Int(least) ?? 0, Int(most))
    guard limits.0 <= limits.1 ?? .max, least.count < 7, most.count < 7 else { throw .broken }
    return limits
  }

  private mutating func digits() -> String {
    var digits = ""
    while let next = peek(), ("0"..."9").contains(next) {
      digits.unicodeScalars.append(next)
      position += 1
    }
    return digits
  }

  private mutating func single() throws(Failure) -> Node {
    guard let next = peek() else { throw .broken }
    position += 1
    switch next {
    case "(": return try group()
    case "[": return .one(try characterClass())
    case ".": return .one { $0 != "\n" }
    case "^": return .place(.start)
    case "$": return .place(.endBeforeNewline)
    case "\\": return try escaped()
    case "*", "+", "?": throw .broken
    default: return .one { $0 == next }
    }
  }

  private mutating func group() throws(Failure) -> Node {
    let start = position - 1
    var isAhead = false, isNegative = false
    if take("?") {
      if take("P<") {
        guard let end = text[position...].firstIndex(of: ">"), end > position else { throw .broken }
        position = end + 1
      } else if take("=") {
        isAhead = true
      } else if take("!") {
        (isAhead, isNegative) = (true, true)
      } else if !take(":") {
        position = min(position + 2, text.count)
        throw unsupported(from: start)
      }
    }
    let node = try choice()
    guard take(")") else { throw .broken }
    return isAhead ? .ahead(node, isNegative: isNegative) : node
  }

  // MARK: - Characters

  private mutating func escaped() throws(Failure) -> Node {
    let places: [(String, PythonPattern.Place)] = [
      ("b", .boundary), ("B", .noBoundary), ("A", .start), ("Z", .end),
    ]
    for (letter, place) in places where take(letter) { return .place(place) }
    return .one(try escapedTest())
  }

  /// What a backslash and the next character stand for, also inside brackets.
  private mutating func escapedTest() throws(Failure) -> @Sendable (Unicode.Scalar) -> Bool {
    let start = position - 1
    guard let letter = peek() else { throw .broken }
    position += 1
    switch letter {
    case "d": return { $0.properties.generalCategory == .decimalNumber }
    case "D": return { $0.properties.generalCategory != .decimalNumber }
    case "w": return { $0.isPythonWord }
    case "W": return { !$0.isPythonWord }
    case "s": return { $0.properties.isWhitespace }
    case "S": return { !$0.properties.isWhitespace }
    case "n": return { $0 == "\n" }
    case "t": return { $0 == "\t" }
    // Other letters and digits: groups matched before, and codes of characters.
    case "0"..."9", "a"..."z", "A"..."Z": throw unsupported(from: start)
    default: return { $0 == letter }
    }
  }

  private mutating func characterClass() throws(Failure) -> @Sendable (Unicode.Scalar) -> Bool {
    let isNegative = take("^")
    var tests: [@Sendable (Unicode.Scalar) -> Bool] = []
    repeat {
      guard let first = peek() else { throw .broken }
      position += 1
      if first == "\\" {
        tests.append(try escapedTest())
        continue
      }
      guard peek() == "-", position + 1 < text.count, text[position + 1] != "]" else {
        tests.append { $0 == first }
        continue
      }
      let last = text[position + 1]
      guard first <= last, last != "\\" else { throw .broken }
      position += 2
      tests.append { (first...last).contains($0) }
    } while !take("]")
    return { [tests] scalar in tests.contains { $0(scalar) } != isNegative }
  }

  // MARK: - Reading

  private func peek() -> Unicode.Scalar? { position < text.count ? text[position] : nil }

  private mutating func take(_ word: String) -> Bool {
    guard text[position...].starts(with: word.unicodeScalars) else { return false }
    position += word.unicodeScalars.count
    return true
  }

  private func unsupported(from start: Int) -> Failure {
    var part = String.UnicodeScalarView()
    part.append(contentsOf: text[start..<position])
    return .unsupported(part: String(part))
  }
}
