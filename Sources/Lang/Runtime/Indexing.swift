import ASTKit

/// What `x[key]` means for each kind of value.
enum Indexing {
  /// - Throws: `CommandError` when there is nothing at the key.
  static func value(of container: Value, at key: Value) throws -> Value {
    switch container {
    case .list(let list):
      if let part = try slice(key, count: list.count) {
        return .list(List(Array(list.items[part])))
      }
      return list[try position(key, count: list.count, of: "list")]
    case .string(let text):
      // Not an array of characters: of a long text it would take much more than the text.
      let count = text.count
      if let part = try slice(key, count: count) {
        return .string(String(text.dropFirst(part.lowerBound).prefix(part.count)))
      }
      let place = try position(key, count: count, of: "text")
      return .string(String(text.dropFirst(place).prefix(1)))
    case .range(let range):
      return .number(range[try position(key, count: range.count, of: "range")])
    case .record(let record):
      let name = try self.key(key)
      guard let value = record[name] else { throw missing(name, record) }
      return value
    case .object(let object):
      if let value = try object.index(key) { return value }
      if let items = object.items { return try value(of: .list(items), at: key) }
      fallthrough
    default:
      throw CommandError("\(container.typeDescription) has no index")
    }
  }

  /// The place in a list that a number means; negative ones count from the end.
  static func position(_ key: Value, count: Int, of what: String) throws -> Int {
    guard case .number(let number) = key else {
      throw CommandError("the index of a \(what) is a whole number, found \(key.found)")
    }
    // A whole number so large is no place in any list.
    let isWhole = number.isFinite && number == number.rounded()
    guard isWhole else {
      throw CommandError("the index of a \(what) is a whole number, found \(number.shortText)")
    }
    let index = Int(clamped: number)
    guard index >= -count, index < count else {
      let hint =
        count == 0
        ? "it is empty"
        : index == count
          ? "the first is [0], the last [\(count - 1)] or [-1]" : "it goes from 0 to \(count - 1)"
      throw CommandError(
        "there is no index \(number.shortText) in a \(what) of \(count)", hint: hint)
    }
    return index < 0 ? index + count : index
  }

  static func key(_ key: Value) throws -> String {
    guard case .string(let name) = key else {
      throw CommandError("the index of a record is a text, found \(key.found)")
    }
    return name
  }

  static func missing(_ name: String, _ record: Record) -> CommandError {
    CommandError(
      "this record has no \(name.quoted)",
      hint: didYouMean(name, record.keys)
        ?? (record.isEmpty
          ? "it is empty" : "it has \(record.keys.prefix(12).joined(separator: ", "))"))
  }

  /// The places that a range means, or `nil` when the key is no range.
  private static func slice(_ key: Value, count: Int) throws -> Range<Int>? {
    guard case .range(let range) = key else { return nil }
    guard range.lower == range.lower.rounded(), range.upper == range.upper.rounded() else {
      throw CommandError("the ends of an index range are whole numbers, found \(range.text)")
    }
    let (lower, upper) = (Int(clamped: range.lower), Int(clamped: range.upper))
    let start = lower < 0 ? lower + count : lower
    var end = upper < 0 ? upper + count : upper
    if range.isClosed, end < Int.max { end += 1 }
    guard start >= 0, end <= count, start <= end else {
      throw CommandError("there is no \(range.text) in \(count) values")
    }
    return start..<end
  }
}
