import ASTKit

/// Compares nested values, with a bound on the work: two lists that hold themselves many
/// times over would otherwise never end.
struct ValueComparison {
  private var budget = Limits.listCount + 1_000_000
  private let interrupt: InterruptFlag?

  /// Whether `==` holds between two values; values of different kinds differ.
  ///
  /// - Throws: `CommandError` when that takes too long, `EngineError.interrupted`.
  static func areEqual(
    _ a: Value, _ b: Value, interrupt: InterruptFlag? = nil
  ) throws -> Bool {
    var comparison = ValueComparison(interrupt: interrupt)
    return try comparison.areEqual(a, b)
  }

  private init(interrupt: InterruptFlag?) { self.interrupt = interrupt }

  private mutating func areEqual(_ a: Value, _ b: Value) throws -> Bool {
    budget -= 1
    if budget & 4095 == 0 { try interrupt?.check() }
    guard budget > 0 else { throw CommandError("these values are too large to compare") }
    switch (a, b) {
    case (.nil, .nil): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.number(let a), .number(let b)): return a == b
    case (.string(let a), .string(let b)): return a == b
    case (.range(let a), .range(let b)): return a == b
    case (.quantity(let a), .quantity(let b)): return b.converted(to: a.unit) == a.amount
    case (.function(let a), .function(let b)):
      return a === b || (a.isCommand && b.isCommand && a.name == b.name)
    case (.object(let a), .object(let b)): return a.isEqual(to: b)
    case (.list(let a), .list(let b)):
      guard a.count == b.count else { return false }
      if a.sharesStorage(with: b) { return true }
      for (left, right) in zip(a, b) where try !areEqual(left, right) { return false }
      return true
    case (.record(let a), .record(let b)):
      guard a.count == b.count else { return false }
      for (key, left) in a.pairs {
        guard let right = b[key], try areEqual(left, right) else { return false }
      }
      return true
    case (.range(let range), .list(let list)), (.list(let list), .range(let range)):
      guard list.count == range.count else { return false }
      for (position, item) in list.enumerated() {
        guard case .number(range[position]) = item else { return false }
      }
      return true
    default: return false
    }
  }
}
