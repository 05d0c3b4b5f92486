/// The name of a setting as a key of JSON.
struct SettingKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

extension Configurable {
  /// Writes every setting that has a value under its name.
  /// - Throws: what `encoder` throws.
  func encodeSettings(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: SettingKey.self)
    for declaration in Self.declarations { try declaration.encode(self, &values) }
  }

  /// Takes over the settings that are there; the others stay as they are, as those that an older
  /// version did not know. The values are for `validate` to check.
  /// - Throws: `DecodingError` for a value of another type.
  mutating func decodeSettings(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: SettingKey.self)
    for declaration in Self.declarations { try declaration.decode(values, &self) }
  }
}
