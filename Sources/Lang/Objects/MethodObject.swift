import ASTKit

/// A method with its settings, made by `conformer(rate: 8)` and its like, to be attached.
final class MethodObject: ObjectArgument {
  let method: any PETLMethod
  /// The settings given, in the order of their declaration.
  private let given: [(name: String, value: SettingValue)]

  /// - Throws: `EngineError` for settings that the method refuses.
  init(_ type: any PETLMethod.Type, _ values: [String: SettingValue]) throws {
    method = try type.init(values)
    given = type.settings.compactMap { setting in
      values[setting.name].map { (setting.name, $0) }
    }
  }

  private var kind: String { type(of: method).kind }

  static let typeDescription = "a method such as conformer(rate: 8)"
  let typeName = "method"
  let memberNames = ["kind", "settings"]

  func member(_ name: String) -> Value? {
    switch name {
    case "kind": .string(kind)
    case "settings": .record(Record(given.map { ($0.name, $0.value.asValue) }))
    default: nil
    }
  }

  var summary: String {
    let settings = given.map { "\($0.name): \($0.value.asValue.inline())" }
    return "\(kind)(\(settings.joined(separator: ", ")))"
  }
}
