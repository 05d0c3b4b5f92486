/// An ordered list of values. It knows how deep it is nested, so that walking it is safe.
public struct List: RandomAccessCollection, Sendable, ExpressibleByArrayLiteral {
  public private(set) var items: [Value]
  private(set) var depth: Int

  public init(_ items: [Value]) {
    self.items = items
    depth = 1 + (items.lazy.map(\.depth).max() ?? 0)
  }

  public init(arrayLiteral elements: Value...) { self.init(elements) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { items.count }

  public subscript(position: Int) -> Value {
    get { items[position] }
    set {
      items[position] = newValue
      depth = Swift.max(depth, newValue.depth + 1)
    }
  }

  public mutating func append(_ value: Value) {
    items.append(value)
    depth = Swift.max(depth, value.depth + 1)
  }

  public mutating func append(contentsOf other: List) {
    items.append(contentsOf: other.items)
    depth = Swift.max(depth, other.depth)
  }

  /// Whether both are copies of one list that has not changed since.
  func sharesStorage(with other: List) -> Bool {
    items.withUnsafeBufferPointer { a in
      other.items.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress }
    }
  }

  /// The value at `position`, emptied out so that it can be changed without a copy; put the
  /// new one back with the subscript.
  mutating func take(_ position: Int) -> Value {
    let value = items[position]
    items[position] = .nil
    return value
  }
}
