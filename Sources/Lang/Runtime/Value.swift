/// What a variable holds.
///
/// Lists, records and strings are values: a copy never changes with its original. Objects of
/// the engine are shared, as a model or a run must be.
///
/// Values are handed to the interpreter's thread and back only while the other side waits,
/// hence the unchecked conformance.
public enum Value: @unchecked Sendable {
  case `nil`
  case bool(Bool)
  case number(Double)
  case string(String)
  case list(List)
  indirect case record(Record)
  indirect case range(NumberRange)
  indirect case quantity(Quantity)
  case function(FunctionValue)
  case object(any LangObject)

  /// A list of values.
  public static func list(_ items: [Value]) -> Value { .list(List(items)) }

  /// A list of numbers.
  public static func numbers(_ numbers: some Sequence<Double>) -> Value {
    .list(List(numbers.map(Value.number)))
  }

  /// A list of texts.
  public static func strings(_ texts: some Sequence<String>) -> Value {
    .list(List(texts.map(Value.string)))
  }

  /// A number from a count.
  public static func count(_ count: Int) -> Value { .number(Double(count)) }

  /// What a person calls a value of this kind, with its article: `a number`, `a dataset`.
  public var typeDescription: String {
    switch self {
    case .nil: "nil"
    case .bool(let value): value ? "true" : "false"
    case .number: "a number"
    case .string: "a text"
    case .list: "a list"
    case .record: "a record"
    case .range: "a range"
    case .quantity(let quantity): "a \(quantity.unit.dimension.rawValue)"
    case .function(let function): "a " + function.kindName
    case .object(let object): object.typeName.withArticle
    }
  }

  /// One word for the kind, as `x.type` gives it.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .bool: "bool"
    case .number: "number"
    case .string: "text"
    case .list: "list"
    case .record: "record"
    case .range: "range"
    case .quantity: "quantity"
    case .function(let function): function.kindName
    case .object(let object): object.typeName
    }
  }

  /// How deep lists and records are nested inside: 0 for a plain value.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .record(let record): record.depth
    default: 0
    }
  }

  public var isNil: Bool { if case .nil = self { true } else { false } }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension String {
  /// The noun with "a" or "an" before it.
  public var withArticle: String {
    guard let first else { return self }
    return ("aeiouAEIOU".contains(first) ? "an " : "a ") + self
  }
}

/// Sizes that values and scripts may reach: beyond them an error, never a machine without memory.
public enum Limits {
  /// Bytes of a script; its tree takes up to a hundred times as many.
  public static let scriptBytes = 4_000_000
  /// Words of a script.
  public static let scriptWords = 1_000_000
  public static let listCount = 5_000_000
  public static let stringBytes = 64_000_000
  /// How deep lists and records may be nested.
  public static let nesting = 100
  /// How many calls may be open at once.
  public static let calls = 1000
  /// How deep `run` may run files that run files.
  public static let runs = 20
}
