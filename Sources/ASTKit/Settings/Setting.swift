/// One setting as it is declared, whatever has it: the language's arguments, help and
/// completion, the checks of the engine and the saved JSON are all made from it.
public struct Setting: Sendable, Equatable {
  /// What values it takes.
  public enum Kind: Sendable, Equatable {
    /// A whole number.
    case integer
    case number
    case flag
    /// One of `allowed`.
    case choice
    /// A list of some of `allowed`.
    case choices
    /// Any text.
    case text
    /// A list of any texts.
    case texts
    /// A file or folder.
    case path
  }

  /// What a counted setting is counted in.
  public enum Unit: String, Sendable {
    case seconds = "s"
    case hertz = "Hz"
  }

  /// What a user writes before `:`, and what errors call it.
  public let name: String
  /// One line of help, without a period.
  public let summary: String
  public let kind: Kind
  /// `.none` when it may be left out without a value of its own.
  public internal(set) var defaultValue: SettingValue
  public let unit: Unit?
  /// Where its numbers must lie.
  public let bounds: Bounds?
  /// The only texts it takes, of a choice.
  public let allowed: [String]

  /// What it takes, whatever the value: `a whole number`.
  public var typeDescription: String {
    switch kind {
    case .integer: "a whole number"
    case .number: "a number"
    case .flag: "true or false"
    case .choice: "one of " + allowed.joined(separator: ", ")
    case .choices: "a list of some of " + allowed.joined(separator: ", ")
    case .text: "a text"
    case .texts: "a list of texts"
    case .path: "a file name"
    }
  }

  /// What it takes, in words: `a whole number between 1 and 4096`.
  public var expectation: String {
    typeDescription + (bounds.map { " \($0.text)" } ?? "") + (unit.map { " \($0.rawValue)" } ?? "")
  }

  /// - Parameter found: the value as the error quotes it; default: as it describes itself.
  /// - Throws: `EngineError.setting` or `.choice` naming this setting, what it takes and what was
  ///   found.
  public func check(_ value: SettingValue, found: String? = nil) throws(EngineError) {
    func refuse(_ expected: String) -> EngineError {
      .setting(name: name, expected: expected, found: found ?? value.description)
    }
    switch (kind, value) {
    case (_, .none), (.flag, .flag), (.text, .text), (.texts, .texts), (.path, .text): return
    case (.integer, .number(let x)), (.number, .number(let x)):
      guard x.isFinite, kind == .number || x == x.rounded() else { throw refuse(typeDescription) }
      try bounds?.check(x, unit: unit?.rawValue, of: name, found: found)
    case (.choice, .text(let text)):
      try EngineError.requireChoice(text, of: name, among: allowed)
    case (.choices, .texts(let list)):
      for text in list { try EngineError.requireChoice(text, of: name, among: allowed) }
      guard !list.isEmpty, Set(list).count == list.count else { throw refuse(typeDescription) }
    default: throw refuse(typeDescription)
    }
  }
}

extension Bounds {
  /// The one check of a number, and its words, for the engine and the language.
  /// - Throws: `EngineError.setting` for a number outside.
  public func check(
    _ number: Double, unit: String?, of name: String, found: String? = nil
  ) throws(EngineError) {
    if contains(number) { return }
    throw .setting(
      name: name, expected: text + (unit.map { " \($0)" } ?? ""), found: found ?? number.shortText)
  }
}

extension EngineError {
  /// The one check of a choice, and its words, for the engine and the language.
  /// - Throws: `EngineError.choice` for a text that is not allowed.
  public static func requireChoice(
    _ text: String, of name: String, among allowed: [String]
  ) throws(EngineError) {
    if !allowed.contains(text) { throw .choice(name: name, found: text, allowed: allowed) }
  }
}
