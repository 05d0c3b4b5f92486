import FoundationEssentials

/// A decoder's complaint in the words of this project.
struct JSONFailure {
  /// What is wrong, without the name of the file.
  let reason: String

  init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, _):
      reason = "it has no '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let key = context.codingPath.last { $0.intValue == nil }
      reason = key.map { "'\($0.stringValue)' has the wrong type" } ?? "it has the wrong type"
    default:
      reason = "it is not valid JSON"
    }
  }
}

extension KeyedDecodingContainer {
  /// Reads the value of a key that may be left out.
  /// - Throws: `DecodingError` with the key for a value of another kind, also where the
  ///   decoder has an error of its own: for a fraction in place of a whole number.
  func read<T: Decodable>(_ key: Key, into value: inout T) throws {
    do {
      if let found = try decodeIfPresent(T.self, forKey: key) { value = found }
    } catch let error where !(error is DecodingError) {
      throw DecodingError.typeMismatch(
        T.self, .init(codingPath: codingPath + [key], debugDescription: "\(error)"))
    }
  }
}

extension JSONObject {
  /// The object as a type that reads the keys it knows.
  /// - Throws: `JSONFileError` naming the key that does not fit.
  func decoded<T: Decodable>(_ type: T.Type) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: decodable())
    } catch let error as DecodingError {
      throw mismatch(error)
    }
  }

  /// The object as text for a decoder of Foundation's, which must not be given what others wrote:
  /// it traps where that breaks off deep inside brackets.
  /// - Throws: nothing that an object read from text can be the cause of.
  func decodable() throws -> Data {
    // Python's `Infinity` under a key that the type does not know is none of its business.
    Data(try JSONWriter.text(.object(values), nonFinite: .asTexts).utf8)
  }

  /// A decoder's complaint about this object's values: the key, and both kinds.
  private func mismatch(_ error: DecodingError) -> JSONFileError {
    let (type, context): (Any.Type?, DecodingError.Context) =
      switch error {
      case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
        (type, context)
      case .keyNotFound(_, let context), .dataCorrupted(let context): (nil, context)
      @unknown default: (nil, .init(codingPath: [], debugDescription: ""))
      }
    guard let key = context.codingPath.first?.stringValue else {
      return .syntax(path: path, reason: JSONFailure(error).reason)
    }
    let expected =
      switch type {
      case _ where context.codingPath.count > 1 || type is [Any].Type: "a list of whole numbers"
      case is String.Type: "a text"
      case is Bool.Type: "true or false"
      case is Float.Type, is Double.Type: "a number"
      default: "a whole number"
      }
    return .type(path: path, key: key, expected: expected, found: self[key]?.kind ?? "nothing")
  }
}
