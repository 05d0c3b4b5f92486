/// A type with settings that are declared once: in its properties, whose first values are the
/// defaults, and in a table that says of each what a user must know.
///
/// Adding a setting: a property, and a line in `declarations`.
public protocol Configurable: Sendable {
  /// The settings, in the order in which help shows them.
  static var declarations: [SettingOf<Self>] { get }
  /// All settings at their defaults.
  static var defaults: Self { get }

  /// Checks every setting, and what they must be together.
  /// - Throws: `EngineError.setting` or `.choice` naming the setting as a user writes it.
  func validate() throws
}

extension Configurable {
  /// The settings with their defaults.
  public static var settings: [Setting] {
    let defaults = defaults
    return declarations.map {
      var setting = $0.setting
      setting.defaultValue = $0.get(defaults)
      return setting
    }
  }

  /// The values of all settings by name; those left out have `.none`.
  public var values: [String: SettingValue] {
    Dictionary(
      Self.declarations.map { ($0.setting.name, $0.get(self)) },
      uniquingKeysWith: { _, last in last })
  }

  /// With the values given by name, and the defaults for what is left out or `.none`.
  /// - Throws: `EngineError.unknownName`, `.setting` or `.choice`.
  public init(_ values: [String: SettingValue]) throws {
    self = Self.defaults
    try set(values)
    try validate()
  }

  /// Puts the values given by name in their places; those that are `.none` stay as they are.
  ///
  /// What the settings must be together is for `validate` to tell.
  /// - Throws: `EngineError.unknownName`, `.setting` or `.choice`.
  public mutating func set(_ values: [String: SettingValue]) throws(EngineError) {
    let declared = Self.declarations
    for name in values.keys.sorted() where !declared.contains(where: { $0.setting.name == name }) {
      throw .unknownName(kind: "setting", name: name, known: declared.map(\.setting.name))
    }
    for declaration in declared {
      let setting = declaration.setting
      guard let value = values[setting.name], value != .none else { continue }
      try setting.check(value)
      guard declaration.put(value, &self) else {
        throw .setting(
          name: setting.name, expected: setting.typeDescription, found: value.description)
      }
    }
  }

  /// Checks every setting by itself.
  /// - Throws: `EngineError.setting` or `.choice`
  public func checkSettings() throws(EngineError) {
    for declaration in Self.declarations {
      try declaration.setting.check(declaration.get(self), found: declaration.text(self))
    }
  }

  public func validate() throws { try checkSettings() }
}
