/// One setting of a method, declared once: the language's arguments, the help, the checks
/// and the saved JSON are all made from it.
public struct Setting: Sendable {
  /// What values it takes.
  public enum Kind: Sendable, Equatable {
    case integer
    case number
    case flag
    /// One of `allowed`.
    case choice
    /// A list of some of `allowed`.
    case choices
  }

  public let name: String
  /// One line: what it is, with its unit.
  public let summary: String
  public let kind: Kind
  /// `.none` when it may be left out without a value of its own.
  public let defaultValue: SettingValue
  /// Smallest and largest number allowed.
  public let range: ClosedRange<Double>?
  public let allowed: [String]

  public init(
    _ name: String, _ summary: String, _ kind: Kind, default defaultValue: SettingValue = .none,
    range: ClosedRange<Double>? = nil, allowed: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.defaultValue = defaultValue
    self.range = range
    self.allowed = allowed
  }

  /// - Throws: `EngineError.setting` naming this setting, what it takes and what was found.
  func check(_ value: SettingValue) throws {
    func refuse(_ expected: String) -> EngineError {
      EngineError.setting(name: name, expected: expected, found: value.description)
    }
    switch (kind, value) {
    case (_, .none):
      return
    case (.integer, .number(let x)), (.number, .number(let x)):
      guard x.isFinite, kind == .number || x == x.rounded() else { throw refuse(expectation) }
      if let range, !range.contains(x) { throw refuse(expectation) }
    case (.flag, .flag): return
    case (.choice, .text(let text)):
      guard allowed.contains(text) else { throw refuse(expectation) }
    case (.choices, .texts(let list)):
      guard !list.isEmpty, Set(list).count == list.count, list.allSatisfy(allowed.contains) else {
        throw refuse(expectation)
      }
    default: throw refuse(expectation)
    }
  }

  /// What the setting takes, in words: `a whole number from 1 to 4096`.
  public var expectation: String {
    let words: String
    switch kind {
    case .integer: words = "a whole number"
    case .number: words = "a number"
    case .flag: return "true or false"
    case .choice: return "one of " + allowed.joined(separator: ", ")
    case .choices: return "a list of some of " + allowed.joined(separator: ", ")
    }
    guard let range else { return words }
    let (low, high) = (
      SettingValue.number(range.lowerBound), SettingValue.number(range.upperBound)
    )
    return range.upperBound.isFinite ? "\(words) from \(low) to \(high)" : "\(words) ≥ \(low)"
  }
}

/// The value of a setting.
public enum SettingValue: Sendable, Equatable, CustomStringConvertible {
  case none
  case number(Double)
  case flag(Bool)
  case text(String)
  case texts([String])

  public var description: String {
    switch self {
    case .none: "nothing"
    case .number(let x): x == x.rounded() && abs(x) < 1e15 ? "\(Int(clamped: x))" : "\(x)"
    case .flag(let flag): "\(flag)"
    case .text(let text): text
    case .texts(let list): "[" + list.joined(separator: ", ") + "]"
    }
  }
}

/// The values of a method's settings, complete and checked against their declarations.
public struct Settings: Sendable, Equatable {
  public private(set) var values: [String: SettingValue]

  /// Fills in defaults and checks every value.
  /// - Throws: `EngineError.unknownName` or `EngineError.setting`.
  public init(_ given: [String: SettingValue] = [:], declared: [Setting]) throws {
    for name in given.keys.sorted() where !declared.contains(where: { $0.name == name }) {
      throw EngineError.unknownName(kind: "setting", name: name, known: declared.map(\.name))
    }
    values = [:]
    for setting in declared {
      // "Nothing" is as good as left out.
      let found = given[setting.name] ?? .none
      let value = found == .none ? setting.defaultValue : found
      try setting.check(value)
      values[setting.name] = value
    }
  }

  /// The number, or `nil` when the setting was left out.
  public func number(_ name: String) -> Double? {
    if case .number(let x)? = values[name] { return x }
    return nil
  }
  /// The whole number, or `nil` when the setting was left out.
  public func integer(_ name: String) -> Int? { number(name).map { Int(clamped: $0) } }
  /// The flag; left out is `false`.
  public func flag(_ name: String) -> Bool { values[name] == .flag(true) }
  /// The text, or `nil` when the setting was left out.
  public func text(_ name: String) -> String? {
    if case .text(let text)? = values[name] { return text }
    return nil
  }
  /// The list; left out is empty.
  public func texts(_ name: String) -> [String] {
    if case .texts(let list)? = values[name] { return list }
    return []
  }
}
