import ASTKit

/// What `set` changes: one row a setting.
struct SessionSetting: Sendable {
  let name: String
  let summary: String
  let get: @Sendable (Session) -> Value
  let set: @Sendable (Session, Value) throws -> Void
}

/// Every setting of a session.
enum SessionSettings {
  static let all: [SessionSetting] = [
    SessionSetting(
      name: "seed", summary: "the seed of all that is drawn by chance",
      get: { .number(Double($0.seed)) },
      set: { session, value in
        guard let seed = try UInt64.convert(value) else {
          throw CommandError(
            "'seed' must be a whole number of at least 0, found \(value.found)",
            argument: "value")
        }
        session.seed = seed
      }),
    SessionSetting(
      name: "cache",
      summary: "memory for what frozen layers give, a size such as \"4GB\"; \"off\" keeps nothing",
      get: { _ in
        let budget = PrefixCache.shared.budget
        return .string(budget == 0 ? "off" : SizeText.rounded(budget))
      },
      set: { _, value in
        guard case .string(let text) = value, let bytes = text == "off" ? 0 : SizeText.bytes(text)
        else {
          throw CommandError(
            "'cache' must be a size such as \"4GB\", or \"off\", found \(value.found)",
            argument: "value")
        }
        PrefixCache.shared.budget = bytes
      }),
  ]

  static func record(of session: Session) -> Record {
    Record(all.map { ($0.name, $0.get(session)) })
  }

  static func value(_ name: String, of session: Session) throws -> Value {
    try setting(name).get(session)
  }

  static func set(_ name: String, to value: Value, in session: Session) throws {
    try setting(name).set(session, value)
  }

  private static func setting(_ name: String) throws -> SessionSetting {
    if let setting = all.first(where: { $0.name == name }) { return setting }
    let names = all.map(\.name)
    throw CommandError(
      "there is no setting \(name.quoted)", argument: "name",
      hint: didYouMean(name, names) ?? "settings: \(names.joined(separator: ", "))")
  }
}
