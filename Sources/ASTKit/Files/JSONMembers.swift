/// The members of a JSON object, in the order of the file: peft's patterns are tried in it.
///
/// A key that comes twice keeps its first place and its last value, as in a Python dictionary.
public struct JSONMembers: Sendable {
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  public init() {}

  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  /// The value of a key; `nil` stands for a key that is not there.
  public subscript(_ key: String) -> JSONValue? {
    get { values[key] }
    set {
      let old = values[key]
      values[key] = newValue
      if newValue == nil {
        keys.removeAll { $0 == key }
      } else if old == nil {
        keys.append(key)
      }
    }
  }
}

extension JSONMembers: Sequence {
  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  public func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    keys.lazy.map { (key: $0, value: values[$0] ?? .null) }.makeIterator()
  }
}

/// Two objects are equal when they say the same, in whatever order.
extension JSONMembers: Equatable {
  public static func == (a: JSONMembers, b: JSONMembers) -> Bool { a.values == b.values }
}

extension JSONMembers: Encodable {
  public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}

extension JSONMembers: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
