import ASTKit

/// A Swift type that a command can receive.
public protocol ArgumentValue: SendableMetatype {
  /// What it takes, for help and errors: `a whole number`.
  static var typeDescription: String { get }
  static var kind: ArgumentDescription.Kind { get }
  /// The value as this type, or `nil` when it is of another kind.
  ///
  /// - Throws: `CommandError` when there is more to say than that the type is wrong.
  static func convert(_ value: Value) throws -> Self?
  /// What stands for an argument that was left out: `.some(nil)` for optional types.
  static var absent: Self? { get }
  /// What a variadic argument is when nothing is given.
  static var empty: Self? { get }
  /// The value as a script would write it, for the defaults that help shows.
  var defaultText: String? { get }
}

extension ArgumentValue {
  public static var kind: ArgumentDescription.Kind { .value }
  public static var absent: Self? { nil }
  public static var empty: Self? { nil }
  public var defaultText: String? { nil }
}

/// An object of the engine that commands take as an argument: conform and give
/// `typeDescription`, and `Argument<Dataset>` works.
public protocol ObjectArgument: LangObject, ArgumentValue {}

extension ObjectArgument {
  public static func convert(_ value: Value) throws -> Self? {
    if case .object(let object) = value { object as? Self } else { nil }
  }
}

extension Int: ArgumentValue {
  public static var typeDescription: String { "a whole number" }
  public static func convert(_ value: Value) throws -> Int? {
    guard case .number(let number) = value else { return nil }
    return try exact(number)
  }
  public var defaultText: String? { String(self) }
}

extension FixedWidthInteger {
  /// The number as this type, `nil` when it is not whole.
  ///
  /// - Throws: `CommandError` for a whole number that does not fit.
  static func exact(_ number: Double) throws -> Self? {
    if let exact = Self(exactly: number) { return exact }
    guard number.isFinite, number == number.rounded() else { return nil }
    throw CommandError(
      "it must be from \(Double(min).shortText) to \(Double(max).shortText), "
        + "found \(number.shortText)")
  }
}

extension UInt64: ArgumentValue {
  public static var typeDescription: String { "a whole number" }
  public static func convert(_ value: Value) throws -> UInt64? {
    guard case .number(let number) = value else { return nil }
    return try exact(number)
  }
  public var defaultText: String? { String(self) }
}

extension Double: ArgumentValue {
  public static var typeDescription: String { "a number" }
  public static func convert(_ value: Value) throws -> Double? {
    if case .number(let number) = value { number } else { nil }
  }
  public var defaultText: String? { shortText }
}

extension Bool: ArgumentValue {
  public static var typeDescription: String { "true or false" }
  public static func convert(_ value: Value) throws -> Bool? {
    if case .bool(let flag) = value { flag } else { nil }
  }
  public var defaultText: String? { self ? "true" : "false" }
}

extension String: ArgumentValue {
  public static var typeDescription: String { "a text" }
  public static func convert(_ value: Value) throws -> String? {
    if case .string(let text) = value { text } else { nil }
  }
  public var defaultText: String? { quoted }
}

extension Value: ArgumentValue {
  public static var typeDescription: String { "a value" }
  public static func convert(_ value: Value) throws -> Value? { value }
  public var defaultText: String? { inline() }
}

extension List: ArgumentValue {
  public static var typeDescription: String { "a list" }
  /// Lists, ranges of numbers, and objects that can be used as lists.
  public static func convert(_ value: Value) throws -> List? {
    switch value {
    case .list(let list): return list
    case .range(let range):
      guard range.count <= Limits.listCount else {
        throw CommandError(
          "the range \(range.text) is too long for a list",
          hint: "a list has at most \(Limits.listCount.grouped) values")
      }
      return List((0..<range.count).map { .number(range[$0]) })
    case .object(let object): return object.items
    default: return nil
    }
  }
  public var defaultText: String? { Value.list(self).inline() }
}

extension Record: ArgumentValue {
  public static var typeDescription: String { "a record" }
  public static func convert(_ value: Value) throws -> Record? {
    if case .record(let record) = value { record } else { nil }
  }
  public var defaultText: String? { Value.record(self).inline() }
}

extension FunctionValue: ArgumentValue {
  public static var typeDescription: String { "a func" }
  public static func convert(_ value: Value) throws -> Self? {
    if case .function(let function) = value { function as? Self } else { nil }
  }
}

extension Array: ArgumentValue where Element: ArgumentValue {
  public static var typeDescription: String {
    switch Element.typeDescription {
    case "a whole number": "a list or range of whole numbers"
    case "a number": "a list of numbers"
    case "a text": "a list of texts"
    case "a value": "a list"
    case let other: "a list (each \(other))"
    }
  }
  public static var kind: ArgumentDescription.Kind { Element.kind }
  /// Lists and ranges; a single value is a list of one.
  public static func convert(_ value: Value) throws -> [Element]? {
    guard let list = try List.convert(value) else {
      return try Element.convert(value).map { [$0] }
    }
    var result: [Element] = []
    result.reserveCapacity(list.count)
    for item in list {
      guard let element = try Element.convert(item) else {
        // An object that could be a list may also be the single value that is meant.
        if case .object = value, let single = try Element.convert(value) { return [single] }
        return nil
      }
      result.append(element)
    }
    return result
  }
  public static var empty: [Element]? { [] }
  public var defaultText: String? {
    "[\(map { $0.defaultText ?? "…" }.joined(separator: ", "))]"
  }
}

extension Optional: ArgumentValue where Wrapped: ArgumentValue {
  public static var typeDescription: String { Wrapped.typeDescription }
  public static var kind: ArgumentDescription.Kind { Wrapped.kind }
  /// `nil` is a value of every optional argument, as if it were left out.
  public static func convert(_ value: Value) throws -> Wrapped?? {
    if value.isNil { return .some(nil) }
    return try Wrapped.convert(value).map(Optional.some)
  }
  public static var absent: Wrapped?? { .some(nil) }
  public var defaultText: String? { self?.defaultText }
}

/// A file or folder named by a script; `~` stands for the home folder.
public struct FilePath: ArgumentValue, Sendable, Equatable, ExpressibleByStringLiteral {
  public let path: String

  public init(_ path: String) { self.path = path.expandingHome }
  public init(stringLiteral value: String) { self.init(value) }

  public static var typeDescription: String { "a file name" }
  public static var kind: ArgumentDescription.Kind { .path }
  public static func convert(_ value: Value) throws -> FilePath? {
    guard case .string(let text) = value else { return nil }
    if text.isEmpty { throw CommandError("the file name is empty") }
    if text.utf8.contains(0) { throw CommandError("a file name cannot hold a zero byte") }
    return FilePath(text)
  }
  public var defaultText: String? { path.quoted }
}

/// A bare name, not evaluated, as `attach` in `help attach`; a text does as well.
public struct BareName: ArgumentValue, Sendable, Equatable {
  public let text: String

  public static var typeDescription: String { "a name" }
  public static var kind: ArgumentDescription.Kind { .name }
  public static func convert(_ value: Value) throws -> BareName? {
    switch value {
    case .string(let text): BareName(text: text)
    case .function(let function): BareName(text: function.name)
    default: nil
    }
  }
}
