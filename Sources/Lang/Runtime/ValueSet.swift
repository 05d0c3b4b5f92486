import ASTKit

/// Values that were seen, found again by a hash instead of by comparing with each of them.
struct ValueSet {
  private var numbers: Set<Double> = []
  private var texts: Set<String> = []
  /// Values of other kinds by their hash.
  private var others: [Int: [Value]] = [:]
  private var hasNaN = false

  /// Notes `value`; whether no value equal to it was seen before. NaN is the same as NaN here.
  ///
  /// - Throws: `CommandError` for values too large to compare, `EngineError.interrupted`.
  mutating func insert(_ value: Value, _ interrupt: InterruptFlag? = nil) throws -> Bool {
    switch value {
    case .number(let number) where number.isNaN:
      defer { hasNaN = true }
      return !hasNaN
    case .number(let number): return numbers.insert(number).inserted
    case .string(let text): return texts.insert(text).inserted
    default: break
    }
    let keys = Self.keys(value)
    for key in keys {
      for other in others[key] ?? [] {
        try interrupt?.check()
        if try ValueComparison.areEqual(other, value, interrupt: interrupt) { return false }
      }
    }
    others[keys[0], default: []].append(value)
    return true
  }

  /// Where an equal value may stand; the first is where the value itself goes.
  private static func keys(_ value: Value) -> [Int] {
    guard case .quantity(let quantity) = value else { return [hash(value, depth: 0)] }
    // 10 ms equals 0.01 s up to the rounding of a product: the neighbours are looked at too.
    let amount = Float(quantity.amount * quantity.unit.factor) + 0
    let cell = Int(Int32(bitPattern: amount.bitPattern))
    return [0, -1, 1].map { offset in
      var hasher = Hasher()
      hasher.combine(quantity.unit.dimension)
      hasher.combine(cell + offset)
      return hasher.finalize()
    }
  }

  /// The same for equal values. It looks at a few values of each list and not far down, so
  /// that its work is bounded.
  private static func hash(_ value: Value, depth: Int) -> Int {
    var hasher = Hasher()
    hasher.combine(value.hashedKind)
    switch value {
    case .nil: break
    case .bool(let flag): hasher.combine(flag)
    case .number(let number): hasher.combine(number.isNaN ? .infinity : number)
    case .string(let text): hasher.combine(text)
    case .quantity(let quantity): hasher.combine(quantity.unit.dimension)
    case .function(let function):
      if function.isCommand {
        hasher.combine(function.name)
      } else {
        hasher.combine(ObjectIdentifier(function))
      }
    case .object(let object): hasher.combine(object.typeName)
    case .range(let range):
      hasher.combine(range.count)
      for position in 0..<min(range.count, mostItems) where depth < mostDepth {
        hasher.combine(hash(.number(range[position]), depth: depth + 1))
      }
    case .list(let list):
      hasher.combine(list.count)
      for item in list.prefix(mostItems) where depth < mostDepth {
        hasher.combine(hash(item, depth: depth + 1))
      }
    case .record(let record):
      hasher.combine(record.count)
      guard depth < mostDepth, record.count <= mostItems else { break }
      // Equal records may hold their names in another order.
      var sum = 0
      for (key, item) in record.pairs {
        var entry = Hasher()
        entry.combine(key)
        entry.combine(hash(item, depth: depth + 1))
        sum &+= entry.finalize()
      }
      hasher.combine(sum)
    }
    return hasher.finalize()
  }

  private static let mostItems = 24
  private static let mostDepth = 3
}

extension Value {
  /// A number for the kind; a range equals the list of its numbers.
  fileprivate var hashedKind: Int {
    switch self {
    case .nil: 0
    case .bool: 1
    case .number: 2
    case .string: 3
    case .list, .range: 4
    case .record: 5
    case .quantity: 6
    case .function: 7
    case .object: 8
    }
  }
}
