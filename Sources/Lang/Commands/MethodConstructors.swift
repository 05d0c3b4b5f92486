import ASTKit

/// One command for each adaptation method of the engine, made from the method's own
/// declaration: the language adds nothing to it.
enum MethodConstructors {
  static let all: [Command] = PETLMethods.all.map { method in
    Command(
      method.kind, method.summary, example: method.example,
      described: method.settings.map(argument)
    ) { _, arguments in
      var values: [String: SettingValue] = [:]
      for setting in method.settings {
        guard let value = arguments[setting.name], !value.isNil else { continue }
        values[setting.name] = try settingValue(value, setting, of: method.kind)
      }
      return .object(try MethodObject(method, values))
    }
  }

  private static func argument(_ setting: Setting) -> ArgumentDescription {
    ArgumentDescription(
      name: setting.name, summary: setting.summary, typeDescription: setting.expectation,
      kind: .value, isRequired: false,
      defaultText: setting.defaultValue == .none ? nil : setting.defaultValue.asValue.inline(),
      unit: nil, bounds: nil, allowed: setting.kind == .choice ? setting.allowed : [],
      isNamedOnly: true, isVariadic: false)
  }

  private static func settingValue(
    _ value: Value, _ setting: Setting, of method: String
  ) throws -> SettingValue {
    switch value {
    case .number(let number): return .number(number)
    case .bool(let flag): return .flag(flag)
    case .string(let text): return setting.kind == .choices ? .texts([text]) : .text(text)
    case .list(let list):
      let texts = list.items.compactMap { item -> String? in
        if case .string(let text) = item { text } else { nil }
      }
      if texts.count == list.items.count { return .texts(texts) }
    default: break
    }
    throw CommandError(
      "'\(setting.name)' of '\(method)' must be \(setting.expectation), found \(value.found)",
      argument: setting.name)
  }
}
