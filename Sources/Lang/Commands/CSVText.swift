import ASTKit

/// Tables as comma-separated values (RFC 4180): a line of titles, then one line a record.
enum CSVText {
  /// - Throws: `CommandError` for a value that is no table or too large, or
  ///   `EngineError.interrupted`.
  static func text(_ value: Value, _ interrupt: InterruptFlag? = nil) throws -> String {
    let list: List
    switch value {
    case .record: list = List([value])
    default:
      guard let converted = try List.convert(value) else {
        throw CommandError(
          "a csv file holds a list of records, found \(value.typeDescription)", argument: "value")
      }
      list = converted
    }
    var titles: [String] = []
    var seen: Set<String> = []
    for (position, item) in list.enumerated() {
      guard case .record(let record) = item else {
        if position == 0 { return try column(list, interrupt) }
        throw CommandError(
          "value \(position) of the list is no record, found \(item.typeDescription)",
          argument: "value")
      }
      for key in record.keys where seen.insert(key).inserted { titles.append(key) }
    }
    var text = titles.map(field).joined(separator: ",") + "\n"
    for case .record(let record) in list {
      for (position, title) in titles.enumerated() {
        if position > 0 { text += "," }
        text += try field(record[title] ?? .nil, interrupt)
      }
      text += "\n"
      try checkSize(text)
    }
    return text
  }

  /// Records as lines, without a line of titles.
  static func lines(_ records: [Record]) throws -> String {
    try records.map { try line($0.values) + "\n" }.joined()
  }

  /// Values as one line, without its end.
  static func line(_ values: [Value]) throws -> String {
    try values.map { try field($0, nil) }.joined(separator: ",")
  }

  /// A list of plain values as one column.
  private static func column(_ list: List, _ interrupt: InterruptFlag?) throws -> String {
    var text = "value\n"
    for item in list {
      if case .record = item {
        throw CommandError("the list mixes records with other values", argument: "value")
      }
      text += try field(item, interrupt) + "\n"
      try checkSize(text)
    }
    return text
  }

  private static func field(_ value: Value, _ interrupt: InterruptFlag?) throws -> String {
    try interrupt?.check()
    return value.isNil ? "" : field(try value.text(interrupt: interrupt))
  }

  private static func field(_ text: String) -> String {
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
    }
    guard needsQuotes else { return text }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  private static func checkSize(_ text: String) throws {
    if text.utf8.count > Limits.stringBytes {
      throw CommandError(
        "this table would be longer than \(Limits.stringBytes / 1_000_000) MB", argument: "value")
    }
  }
}
