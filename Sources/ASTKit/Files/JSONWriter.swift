/// Writes JSON with keys sorted by their bytes: the same values give the same text.
struct JSONWriter {
  /// Numbers that JSON does not have.
  enum NonFinite { case refused, asTexts }
  /// A number is infinite or not a number.
  struct Failure: Error {}

  private let isPretty: Bool
  private let nonFinite: NonFinite
  private var text = ""
  private var depth = 0

  /// - Parameter pretty: one member or element to a line.
  static func text(
    _ value: JSONValue, pretty: Bool = false, nonFinite: NonFinite = .refused
  ) throws(Failure) -> String {
    var writer = JSONWriter(isPretty: pretty, nonFinite: nonFinite)
    try writer.write(value)
    return writer.text
  }

  private init(isPretty: Bool, nonFinite: NonFinite) {
    self.isPretty = isPretty
    self.nonFinite = nonFinite
  }

  private mutating func write(_ value: JSONValue) throws(Failure) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += "\(flag)"
    case .integer(let number): text += "\(number)"
    case .number(let number): try write(number)
    case .text(let words): text += words.jsonQuoted
    case .array(let values):
      try list("[", values, "]") { writer, value throws(Failure) in try writer.write(value) }
    case .object(let members):
      let sorted = members.sorted { ExactName($0.key) < ExactName($1.key) }
      try list("{", sorted, "}") { writer, member throws(Failure) in
        writer.text += member.key.jsonQuoted
        writer.text += writer.isPretty ? ": " : ":"
        try writer.write(member.value)
      }
    }
  }

  private mutating func list<Item>(
    _ start: String, _ items: [Item], _ end: String,
    _ write: (inout JSONWriter, Item) throws(Failure) -> Void
  ) throws(Failure) {
    text += start
    depth += 1
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      breakLine()
      try write(&self, item)
    }
    depth -= 1
    if !items.isEmpty { breakLine() }
    text += end
  }

  private mutating func breakLine() {
    if isPretty { text += "\n" + String(repeating: "  ", count: depth) }
  }

  private mutating func write(_ number: Double) throws(Failure) {
    guard !number.isFinite else {
      let digits = "\(number)"
      text += digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
      return
    }
    guard nonFinite == .asTexts else { throw Failure() }
    text += (number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity").jsonQuoted
  }
}

extension String {
  /// The text between quotes as JSON has it.
  package var jsonQuoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
