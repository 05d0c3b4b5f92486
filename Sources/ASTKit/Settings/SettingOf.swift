/// The declaration of one setting of a type: what `Setting` says, and the property it stands in.
/// Its default is what the property has in `Configurable.defaults`.
///
///     SettingOf("kernel", "width in tokens", \.kernel, bounds: .between(1...4096))
public struct SettingOf<Owner>: Sendable {
  /// Where a value stands in its owner.
  public typealias Property<Value> = any WritableKeyPath<Owner, Value> & Sendable

  /// The declaration without its default.
  let setting: Setting
  let get: @Sendable (Owner) -> SettingValue
  /// The value as errors quote it.
  let text: @Sendable (Owner) -> String
  /// Puts a value into the property; `false` when it is of another type.
  let put: @Sendable (SettingValue, inout Owner) -> Bool
  let encode: @Sendable (Owner, inout KeyedEncodingContainer<SettingKey>) throws -> Void
  let decode: @Sendable (KeyedDecodingContainer<SettingKey>, inout Owner) throws -> Void

  /// - Parameters:
  ///   - name: what a user writes before `:`.
  ///   - summary: one line of help, without a period.
  ///   - property: where its value stands; its type says what it takes.
  ///   - unit: what a number is counted in.
  ///   - bounds: where a number must lie.
  ///   - allowed: the only words it takes, where they are not all of its type's.
  ///   - isPath: whether a text names a file or folder.
  public init<Value: SettingType>(
    _ name: String, _ summary: String, _ property: Property<Value>,
    unit: Setting.Unit? = nil, bounds: Bounds? = nil, allowed: [String]? = nil,
    isPath: Bool = false
  ) {
    setting = Setting(
      name: name, summary: summary, kind: isPath ? .path : Value.settingKind, defaultValue: .none,
      unit: unit, bounds: bounds, allowed: allowed ?? Value.settingWords)
    get = { $0[keyPath: property].settingValue }
    text = { $0[keyPath: property].settingText }
    put = { value, owner in
      guard let typed = Value(value) else { return false }
      owner[keyPath: property] = typed
      return true
    }
    encode = { owner, values in
      let value = owner[keyPath: property]
      if value.settingValue != .none { try values.encode(value, forKey: SettingKey(name)) }
    }
    decode = { values, owner in
      if let found = try values.decodeIfPresent(Value.self, forKey: SettingKey(name)) {
        owner[keyPath: property] = found
      }
    }
  }
}
