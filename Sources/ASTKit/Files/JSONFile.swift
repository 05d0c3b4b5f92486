/// Reads and writes configuration files such as `config.json`.
public enum JSONFile {
  /// Configuration files have kilobytes; a tokenizer's, the longest, a few megabytes.
  static let limit = 16 << 20

  /// The object that the file holds.
  /// - Throws: `FileError`, or `JSONFileError.syntax` when it is no JSON object.
  public static func read(_ path: String) throws -> JSONObject {
    let file = try MappedFile(path)
    guard file.count <= limit else {
      throw FileError.tooLarge(path: path, bytes: file.count, limit: limit)
    }
    return try parse(file.contents(), path: path)
  }

  /// The object that the text holds, such as a description kept inside another file.
  /// - Parameter path: the file it comes from, for messages.
  /// - Throws: `JSONFileError.syntax` when it is no JSON object.
  public static func parse(_ bytes: [UInt8], path: String) throws -> JSONObject {
    do {
      return JSONObject(path: path, values: try JSONParser.object(bytes))
    } catch .isNoObject {
      throw JSONFileError.syntax(path: path, reason: "it is another kind of JSON value")
    } catch .isNoJSON {
      throw JSONFileError.syntax(path: path, reason: "it is not valid JSON")
    }
  }

  /// Writes the object with sorted keys, one to a line; the file appears whole or not at all.
  /// - Throws: `FileError`, or `JSONFileError.syntax` for a number that JSON cannot hold.
  public static func write(_ values: JSONMembers, to path: String) throws {
    try AtomicFile.write(path, text: text(values, pretty: true, path: path) + "\n")
  }

  /// The same as a file of a folder that is written as one.
  /// - Throws: `JSONFileError.syntax` for a number that JSON cannot hold.
  static func file(
    _ name: String, _ values: JSONMembers, in folder: String
  ) throws -> AtomicFolder.File {
    let text = try text(values, pretty: true, path: "\(folder)/\(name)") + "\n"
    return .init(name) { try $0.write(text) }
  }

  /// The object as text with sorted keys: the same values give the same text.
  /// - Throws: `JSONFileError.syntax` for a number that JSON cannot hold.
  public static func text(
    _ values: JSONMembers, pretty: Bool = false, path: String = ""
  ) throws -> String {
    do {
      return try JSONWriter.text(.object(values), pretty: pretty)
    } catch {
      throw JSONFileError.syntax(path: path, reason: "a number is infinite or not a number")
    }
  }
}

/// A JSON object read from a file, whose answers are typed and whose errors name the file
/// and the key.
public struct JSONObject: Equatable, Sendable {
  /// The file the object comes from.
  public let path: String
  public let values: JSONMembers

  public init(path: String, values: JSONMembers) {
    self.path = path
    self.values = values
  }

  /// The value of a key, whatever it is.
  public subscript(_ key: String) -> JSONValue? { values[key] }
  /// Whether the key is there with a value other than `null`.
  public func has(_ key: String) -> Bool { values[key] != nil && values[key] != .null }

  /// A whole number. `8.0` counts as one.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func integer(_ key: String, default value: Int? = nil) throws -> Int {
    try get(key, "a whole number", value) {
      switch $0 {
      case .integer(let value): value
      case .number(let value): Int(exactly: value)
      default: nil
      }
    }
  }

  /// A finite number; Python also writes `NaN` and `Infinity`.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func number(_ key: String, default value: Double? = nil) throws -> Double {
    try get(key, "a number", value) {
      switch $0 {
      case .integer(let value): Double(value)
      case .number(let value): value.isFinite ? value : nil
      default: nil
      }
    }
  }

  /// `true` or `false`.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func bool(_ key: String, default value: Bool? = nil) throws -> Bool {
    try get(key, "true or false", value) { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// A text.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func text(_ key: String, default value: String? = nil) throws -> String {
    try get(key, "a text", value) { if case .text(let value) = $0 { value } else { nil } }
  }

  /// A list of whole numbers.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func integers(_ key: String, default value: [Int]? = nil) throws -> [Int] {
    try get(key, "a list of whole numbers", value) {
      guard case .array(let values) = $0 else { return nil }
      let integers = values.compactMap { if case .integer(let i) = $0 { i } else { nil as Int? } }
      return integers.count == values.count ? integers : nil
    }
  }

  /// A list of texts.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func texts(_ key: String, default value: [String]? = nil) throws -> [String] {
    try get(key, "a list of texts", value) {
      guard case .array(let values) = $0 else { return nil }
      let texts = values.compactMap { if case .text(let t) = $0 { t } else { nil as String? } }
      return texts.count == values.count ? texts : nil
    }
  }

  /// An object inside this one.
  /// - Throws: `JSONFileError.missing` without the key and a default, `.type`.
  public func object(_ key: String, default value: JSONMembers? = nil) throws -> JSONObject {
    try get(key, "an object", value.map { JSONObject(path: path, values: $0) }) {
      if case .object(let values) = $0 { JSONObject(path: path, values: values) } else { nil }
    }
  }

  private func get<T>(
    _ key: String, _ expected: String, _ fallback: T?, _ convert: (JSONValue) -> T?
  ) throws -> T {
    guard let value = values[key], value != .null || fallback == nil else {
      if let fallback { return fallback }
      throw JSONFileError.missing(
        path: path, key: key, nearest: NearestName.find(key, in: values.keys))
    }
    guard let result = convert(value) else {
      throw JSONFileError.type(path: path, key: key, expected: expected, found: value.kind)
    }
    return result
  }
}
