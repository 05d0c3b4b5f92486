import ASTKit

/// Values as JSON (RFC 8259), records in their own order.
struct JSONText {
  private var text = ""
  private let interrupt: InterruptFlag?

  private init(interrupt: InterruptFlag?) { self.interrupt = interrupt }

  /// - Throws: `CommandError` for what JSON cannot hold or is too large, or
  ///   `EngineError.interrupted`.
  static func text(_ value: Value, _ interrupt: InterruptFlag? = nil) throws -> String {
    var writer = JSONText(interrupt: interrupt)
    try writer.write(value, indent: "")
    return writer.text
  }

  private mutating func write(_ value: Value, indent: String) throws {
    try interrupt?.check()
    guard text.utf8.count <= Limits.stringBytes else {
      throw CommandError(
        "this value would be longer than \(Limits.stringBytes / 1_000_000) MB", argument: "value")
    }
    switch value {
    case .nil: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .number(let number):
      // JSON has no infinity; null is what pandas and JavaScript read as a missing number.
      text += number.isFinite ? number.shortText : "null"
    case .string(let string): text += string.jsonQuoted
    case .quantity: text += value.inline().jsonQuoted
    case .range, .list: try write(List.convert(value) ?? List([]), indent: indent)
    case .record(let record): try write(record, indent: indent)
    case .object(let object):
      guard let items = object.items else { fallthrough }
      try write(items, indent: indent)
    case .function:
      throw CommandError("json cannot hold \(value.typeDescription)", argument: "value")
    }
  }

  private mutating func write(_ list: List, indent: String) throws {
    text += "["
    for (position, item) in list.enumerated() {
      if position > 0 { text += ", " }
      try write(item, indent: indent + "  ")
    }
    text += "]"
  }

  private mutating func write(_ record: Record, indent: String) throws {
    if record.isEmpty {
      text += "{}"
      return
    }
    text += "{"
    for (position, pair) in record.pairs.enumerated() {
      text += (position > 0 ? ",\n" : "\n") + indent + "  " + pair.key.jsonQuoted + ": "
      try write(pair.value, indent: indent + "  ")
    }
    text += "\n" + indent + "}"
  }
}
