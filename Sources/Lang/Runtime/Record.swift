import ASTKit

/// Named values in the order in which they were given.
public struct Record: Sendable, ExpressibleByDictionaryLiteral {
  public private(set) var keys: [String] = []
  public private(set) var values: [Value] = []
  /// Positions by name, kept only once a record is large enough to need it.
  private var positions: [ExactName: Int] = [:]
  private(set) var depth = 1

  public init() {}

  public init(_ pairs: [(String, Value)]) {
    for (key, value) in pairs { self[key] = value }
  }

  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// The pairs in order.
  public var pairs: [(key: String, value: Value)] { Array(zip(keys, values)) }

  /// The value called `key`; setting `nil` takes it away.
  public subscript(key: String) -> Value? {
    get { position(of: key).map { values[$0] } }
    set {
      guard let newValue else { return remove(key) }
      depth = max(depth, newValue.depth + 1)
      if let position = position(of: key) {
        values[position] = newValue
        return
      }
      if keys.count == 16 {
        for (position, key) in keys.enumerated() { positions[ExactName(key)] = position }
      }
      if keys.count >= 16 { positions[ExactName(key)] = keys.count }
      keys.append(key)
      values.append(newValue)
    }
  }

  private mutating func remove(_ key: String) {
    guard let position = position(of: key) else { return }
    keys.remove(at: position)
    values.remove(at: position)
    positions.removeAll()
    if keys.count > 16 {
      for (position, key) in keys.enumerated() { positions[ExactName(key)] = position }
    }
  }

  private func position(of key: String) -> Int? {
    let name = ExactName(key)
    return keys.count > 16 ? positions[name] : keys.firstIndex { ExactName($0) == name }
  }

  /// The value called `key`, emptied out so that it can be changed without a copy.
  mutating func take(_ key: String) -> Value? {
    guard let position = position(of: key) else { return nil }
    let value = values[position]
    values[position] = .nil
    return value
  }
}
