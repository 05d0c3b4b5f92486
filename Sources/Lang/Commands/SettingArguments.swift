import ASTKit

/// Arguments of commands made from the settings that the engine declares: the language adds
/// nothing to them.
extension ArgumentDescription {
  /// The argument of this setting.
  ///
  /// - Parameters:
  ///   - named: whether it can only be given by name.
  ///   - ownDefault: in words, what the command takes in place of the setting's default.
  init(_ setting: Setting, named: Bool = true, default ownDefault: String? = nil) {
    let value = setting.defaultValue == .none ? nil : setting.defaultValue.asValue.inline()
    self.init(
      name: setting.name,
      summary: setting.summary + (ownDefault.map { "; default: \($0)" } ?? ""),
      typeDescription: setting.argumentTypeDescription,
      kind: setting.kind == .path ? .path : .value, defaultText: ownDefault == nil ? value : nil,
      unit: setting.unit.flatMap { Unit.named($0.rawValue) }, bounds: setting.bounds,
      allowed: setting.allowed, isNamedOnly: named)
  }
}

extension Setting {
  /// What a command says that it takes; the allowed words stand beside it.
  fileprivate var argumentTypeDescription: String {
    switch kind {
    case .choice: String.typeDescription
    case .choices, .texts: [String].typeDescription
    case .path: FilePath.typeDescription
    default: typeDescription
    }
  }

  /// A value of the language as one of this setting, checked against all that it declares.
  ///
  /// - Parameter command: what errors call the command.
  /// - Throws: `EngineError.setting` or `.choice`; `CommandError` for a value of another kind.
  func settingValue(_ value: Value, of command: String) throws -> SettingValue {
    let argument = ArgumentDescription(self)
    let converted: SettingValue?
    do { converted = try convert(ArgumentCheck(argument).checked(value)) } catch let error
      as CommandError
    {
      throw CommandError("'\(name)': \(error.message)", argument: name, hint: error.hint)
    }
    guard let converted else {
      throw CommandError(
        "'\(name)' of '\(command)' must be \(argument.typeDescription), found \(value.found)",
        argument: name, hint: ArgumentCheck(argument).hint(forWrong: value))
    }
    try check(converted)
    return converted
  }

  /// `nil` for a value of another kind.
  private func convert(_ value: Value) throws -> SettingValue? {
    if value.isNil { return SettingValue.none }
    switch kind {
    case .integer: return try Int.convert(value).map(\.settingValue)
    case .number: return try Double.convert(value).map(\.settingValue)
    case .flag: return try Bool.convert(value).map(\.settingValue)
    case .choice, .text: return try String.convert(value).map(\.settingValue)
    case .choices, .texts: return try [String].convert(value).map(\.settingValue)
    case .path: return try FilePath.convert(value).map { .text($0.path) }
    }
  }
}

extension DescribedArguments {
  /// The settings among the arguments that were given, as the engine takes them.
  /// - Throws: as `Setting.settingValue`.
  func values(of settings: [Setting]) throws -> [String: SettingValue] {
    var values: [String: SettingValue] = [:]
    for setting in settings {
      guard let value = self[setting.name], !value.isNil else { continue }
      values[setting.name] = try setting.settingValue(value, of: command.name)
    }
    return values
  }
}

extension SettingValue {
  /// As a value of the language.
  var asValue: Value {
    switch self {
    case .none: .nil
    case .number(let number): .number(number)
    case .flag(let flag): .bool(flag)
    case .text(let text): .string(text)
    case .texts(let list): .strings(list)
    }
  }
}
