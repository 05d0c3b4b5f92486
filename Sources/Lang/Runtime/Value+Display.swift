import ASTKit

extension Double {
  /// The number with at most `digits` significant digits, for the columns of a table.
  public func text(significant digits: Int) -> String {
    guard isFinite, self != 0, self != rounded() else { return shortText }
    var scale = 1.0
    var magnitude = abs(self)
    var exponent = 0
    while magnitude >= 10, exponent < 400 { (magnitude, exponent) = (magnitude / 10, exponent + 1) }
    while magnitude < 1, exponent > -400 { (magnitude, exponent) = (magnitude * 10, exponent - 1) }
    let places = digits - 1 - exponent
    guard places > 0, places < 300 else { return rounded().shortText }
    for _ in 0..<places { scale *= 10 }
    let rounded = (self * scale).rounded() / scale
    return rounded.isFinite ? rounded.shortText : shortText
  }
}

extension Value {
  /// The whole value as `print`, `\( )` and files write it: texts without quotes.
  ///
  /// - Throws: `CommandError` when it has more than `limit` bytes, because what goes to a file
  ///   is never cut, or `EngineError.interrupted`.
  public func text(
    limit: Int = Limits.stringBytes, interrupt: InterruptFlag? = nil
  ) throws -> String {
    if case .string(let text) = self { return text }
    var writer = ValueWriter(budget: limit, mustBeWhole: true, interrupt: interrupt)
    writer.write(self)
    if writer.isStopped { throw EngineError.interrupted }
    guard !writer.isCut, writer.result.utf8.count <= limit else {
      throw CommandError(
        "\(typeDescription) is too large to be written as a text: it would be longer than "
          + "\(limit / 1_000_000) MB")
    }
    return writer.result
  }

  /// The value on one line, as it would be written in a script, cut after about `limit`
  /// characters.
  public func inline(limit: Int = 200) -> String {
    var writer = ValueWriter(budget: limit)
    writer.write(self)
    return writer.result
  }

  /// The text shown for a value that stands alone on a line, within `columns`.
  public func display(columns: Int) -> String {
    switch self {
    case .object(let object): return object.display(columns: columns)
    case .record(let record) where !record.isEmpty:
      return TextTable(record: record).text(columns: columns)
    case .list(let list):
      if let table = TextTable(records: list) { return table.text(columns: columns) }
      return summarised(list, columns: columns)
    case .function(let function):
      return function.kindName + " " + function.signature
    default: return inline(limit: 2000)
    }
  }

  /// A list within a few lines: all of a short one, both ends of a long one.
  private func summarised(_ list: List, columns: Int) -> String {
    let shown = 40
    guard list.count > shown else {
      let text = inline(limit: 2000)
      let isOfObjects = list.allSatisfy { if case .object = $0 { true } else { false } }
      // What has a summary of its own is read line by line once it does not fit into one.
      guard isOfObjects, text.count > columns else { return text }
      return list.map { $0.inline(limit: 200) }.joined(separator: "\n")
    }
    let first = list.prefix(8).map { $0.inline(limit: 80) }
    let last = list.suffix(4).map { $0.inline(limit: 80) }
    let inside = (first + ["…"] + last).joined(separator: ", ")
    return "[\(inside)]  (\(list.count) values)"
  }
}

/// Writes nested values and stops when enough is written: a list that holds itself many
/// times over has a short form in memory and an endless one on paper.
private struct ValueWriter {
  private(set) var result = ""
  /// Whether something was left out.
  private(set) var isCut = false
  /// Whether it was left out because the user asked to stop.
  private(set) var isStopped = false
  private var budget: Int
  private let mustBeWhole: Bool
  private let interrupt: InterruptFlag?

  init(budget: Int, mustBeWhole: Bool = false, interrupt: InterruptFlag? = nil) {
    self.budget = budget
    self.mustBeWhole = mustBeWhole
    self.interrupt = interrupt
  }

  mutating func write(_ value: Value) {
    switch value {
    case .nil: put("nil")
    case .bool(let flag): put(flag ? "true" : "false")
    case .number(let number): put(number.shortText)
    case .quantity(let quantity): put(quantity.amount.shortText + quantity.unit.name)
    case .string(let text):
      let isLong = text.utf8.count > budget
      if isLong { isCut = true }
      // Nobody reads the start of a text that must be whole.
      if isLong && mustBeWhole { return }
      put(isLong && text.count > budget ? text.prefix(budget).quoted + "…" : text.quoted)
    case .range(let range): put(range.text)
    case .function(let function): put(function.kindName + " " + function.name)
    case .object(let object): put(object.summary.printable)
    case .list(let list): write(list)
    case .record(let record): write(record)
    }
  }

  private mutating func write(_ list: List) {
    put("[")
    for (position, item) in list.enumerated() {
      if position > 0 { put(", ") }
      guard goesOn() else { return put("…]") }
      write(item)
    }
    put("]")
  }

  private mutating func write(_ record: Record) {
    if record.isEmpty { return put("[:]") }
    put("[")
    for (position, key) in record.keys.enumerated() {
      if position > 0 { put(", ") }
      guard goesOn() else { return put("…]") }
      put((key.isPlainName ? key : key.quoted) + ": ")
      write(record.values[position])
    }
    put("]")
  }

  private mutating func goesOn() -> Bool {
    if interrupt?.isRaised == true { isStopped = true }
    if budget <= 0 || isStopped { isCut = true }
    return !isCut
  }

  private mutating func put(_ text: String) {
    result += text
    budget -= text.utf8.count
  }
}

extension StringProtocol {
  /// The text in quotes with its escapes, as a script would write it.
  public var quoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if scalar.isHidden {
          result += scalar.escape
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// Whether the text can stand as a name in a script.
  var isPlainName: Bool {
    guard let first = unicodeScalars.first, !("0"..."9" ~= first) else { return false }
    return unicodeScalars.allSatisfy {
      $0 == "_" || ("0"..."9" ~= $0) || ("a"..."z" ~= $0) || ("A"..."Z" ~= $0)
        || Habits.isNameScalar($0)
    }
  }
}
