/// The members of a JSON object, in the order of the file: peft's patterns are tried in it.
///
/// A key that comes twice keeps its first place and its last value, as in a Python dictionary.
/// Two keys are the same if their bytes are: they may be names of classes.
public struct JSONMembers: Sendable {
  public private(set) var keys: [String] = []
  private var values: [ExactName: JSONValue] = [:]

  public init() {}

  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  /// The value of a key; `nil` stands for a key that is not there.
  public subscript(_ key: String) -> JSONValue? {
    get { values[ExactName(key)] }
    set {
      let name = ExactName(key)
      let old = values[name]
      values[name] = newValue
      if newValue == nil {
        keys.removeAll { ExactName($0) == name }
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
    keys.lazy.map { (key: $0, value: self[$0] ?? .null) }.makeIterator()
  }
}

/// Two objects are equal when they say the same, in whatever order.
extension JSONMembers: Equatable {
  public static func == (a: JSONMembers, b: JSONMembers) -> Bool { a.values == b.values }
}

extension JSONMembers: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
