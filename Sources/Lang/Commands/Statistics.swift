/// Sums, means and orders of lists, for commands and methods alike.
enum Statistics {
  /// The numbers of a list.
  ///
  /// - Throws: `CommandError` that names the first value that is none.
  static func numbers(_ list: List) throws -> [Double] {
    try list.enumerated().map { position, item in
      guard case .number(let number) = item else {
        throw CommandError("value \(position) of the list is no number, found \(item.found)")
      }
      return number
    }
  }

  static func mean(_ numbers: [Double]) throws -> Double {
    guard !numbers.isEmpty else { throw CommandError("an empty list has no mean") }
    return numbers.reduce(0, +) / Double(numbers.count)
  }

  /// The sample variance, with n - 1 below the line.
  static func variance(_ numbers: [Double]) throws -> Double {
    guard numbers.count > 1 else { throw CommandError("a spread needs at least two numbers") }
    let mean = try mean(numbers)
    return numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)
  }

  static func median(_ numbers: [Double]) throws -> Double {
    guard !numbers.isEmpty else { throw CommandError("an empty list has no median") }
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The value that goes before all others.
  static func least(_ list: List, by before: (Double, Double) -> Bool) throws -> Value {
    let numbers = try numbers(list)
    guard var best = numbers.first else { throw CommandError("an empty list has no extreme") }
    for number in numbers.dropFirst() where before(number, best) || number.isNaN { best = number }
    return .number(best)
  }

  /// The order of numbers and texts; numbers that are none go last, and so does nil.
  static func isLess(_ a: Value, _ b: Value) throws -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): return a < b || (b.isNaN && !a.isNaN)
    case (.string(let a), .string(let b)): return a < b
    case (.bool(let a), .bool(let b)): return !a && b
    case (.nil, _): return false
    case (_, .nil): return true
    default:
      let answer = try Operators.apply(.less, a, b)
      if case .bool(let flag) = answer { return flag }
      return false
    }
  }
}
