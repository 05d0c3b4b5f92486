/// A Swift type that a setting's property can have.
public protocol SettingType: Sendable, Codable {
  /// What values it takes.
  static var settingKind: Setting.Kind { get }
  /// The only words it takes; none when it takes any, or is no text.
  static var settingWords: [String] { get }
  /// The value as this type, or `nil` when it is of another kind.
  init?(_ value: SettingValue)
  /// As the language and the files hand it over.
  var settingValue: SettingValue { get }
  /// As errors quote it.
  var settingText: String { get }
}

extension SettingType {
  public static var settingWords: [String] { [] }
  public var settingText: String { settingValue.description }
}

/// A type whose value is one text, so that there can be lists of it.
public protocol SettingText: SettingType {}

/// One of a few cases, each with a word of its own: an enumeration of texts conforms without a
/// line of code.
public protocol SettingChoice: SettingText, CaseIterable {
  /// What a user writes.
  var settingWord: String { get }
}

extension SettingChoice {
  public static var settingKind: Setting.Kind { .choice }
  public static var settingWords: [String] { allCases.map(\.settingWord) }
  public init?(_ value: SettingValue) {
    guard case .text(let word) = value,
      let found = Self.allCases.first(where: { $0.settingWord == word })
    else { return nil }
    self = found
  }
  public var settingValue: SettingValue { .text(settingWord) }
}

extension SettingChoice where Self: RawRepresentable, RawValue == String {
  public var settingWord: String { rawValue }
}

extension Double: SettingType {
  public static var settingKind: Setting.Kind { .number }
  public init?(_ value: SettingValue) {
    guard case .number(let number) = value else { return nil }
    self = number
  }
  public var settingValue: SettingValue { .number(self) }
}

extension Int: SettingType {
  public static var settingKind: Setting.Kind { .integer }
  public init?(_ value: SettingValue) {
    guard case .number(let number) = value, let exact = Int(exactly: number) else { return nil }
    self = exact
  }
  public var settingValue: SettingValue { .number(Double(self)) }
  /// All its digits, which the number of a language has not.
  public var settingText: String { "\(self)" }
}

extension Bool: SettingType {
  public static var settingKind: Setting.Kind { .flag }
  public init?(_ value: SettingValue) {
    guard case .flag(let flag) = value else { return nil }
    self = flag
  }
  public var settingValue: SettingValue { .flag(self) }
}

extension String: SettingText {
  public static var settingKind: Setting.Kind { .text }
  public init?(_ value: SettingValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }
  public var settingValue: SettingValue { .text(self) }
}

extension Array: SettingType where Element: SettingText {
  public static var settingKind: Setting.Kind {
    Element.settingKind == .choice ? .choices : .texts
  }
  public static var settingWords: [String] { Element.settingWords }
  public init?(_ value: SettingValue) {
    guard case .texts(let list) = value else { return nil }
    self = list.compactMap { Element(.text($0)) }
    guard count == list.count else { return nil }
  }
  public var settingValue: SettingValue {
    .texts(
      compactMap {
        if case .text(let text) = $0.settingValue { text } else { nil }
      })
  }
}

extension Optional: SettingType where Wrapped: SettingType {
  public static var settingKind: Setting.Kind { Wrapped.settingKind }
  public static var settingWords: [String] { Wrapped.settingWords }
  public init?(_ value: SettingValue) {
    if value == .none {
      self = .none
    } else {
      guard let wrapped = Wrapped(value) else { return nil }
      self = wrapped
    }
  }
  public var settingValue: SettingValue { self?.settingValue ?? .none }
  public var settingText: String { self?.settingText ?? SettingValue.none.description }
}
