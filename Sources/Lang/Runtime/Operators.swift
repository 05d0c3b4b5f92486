import ASTKit
import Glibc

/// What the operators do with values.
enum Operators {
  /// - Throws: `CommandError` that names the operator and both kinds, or
  ///   `EngineError.interrupted` from a long comparison.
  static func apply(
    _ operation: Syntax.BinaryOperator, _ left: Value, _ right: Value,
    interrupt: InterruptFlag? = nil
  ) throws -> Value {
    switch operation {
    case .equal: return .bool(try ValueComparison.areEqual(left, right, interrupt: interrupt))
    case .notEqual:
      return .bool(!(try ValueComparison.areEqual(left, right, interrupt: interrupt)))
    default: break
    }
    if case .number(let a) = left, case .number(let b) = right, operation != .in {
      return numeric(operation, a, b)
    }
    if case .object(let object) = left,
      let result = try object.apply(operation, right, isRight: false)
    {
      return result
    }
    if case .object(let object) = right,
      let result = try object.apply(operation, left, isRight: true)
    {
      return result
    }
    switch operation {
    case .in: return .bool(try contains(right, left, interrupt))
    case .add:
      var sum = left
      try add(&sum, right)
      return sum
    case .less, .lessEqual, .greater, .greaterEqual:
      if case .string(let a) = left, case .string(let b) = right {
        return .bool(ordered(operation, a, b))
      }
      fallthrough
    default:
      if let result = try quantities(operation, left, right) { return result }
      throw mismatch(operation, left, right)
    }
  }

  /// `left += right`, in place when nobody else holds the list. On an error `left` is as it was.
  static func add(_ left: inout Value, _ right: Value) throws {
    // `left` is emptied before its copy grows: then nobody else holds the storage.
    if case .list(var sum) = left, case .list(let addition) = right {
      guard sum.count + addition.count <= Limits.listCount else {
        throw CommandError("this list would hold more than \(Limits.listCount) values")
      }
      left = .nil
      sum.append(contentsOf: addition)
      left = .list(sum)
    } else if case .string(var sum) = left, case .string(let addition) = right {
      guard sum.utf8.count + addition.utf8.count <= Limits.stringBytes else {
        throw CommandError(
          "this text would be longer than \(Limits.stringBytes / 1_000_000) MB")
      }
      left = .nil
      sum += addition
      left = .string(sum)
    } else if case .number(let a) = left, case .number(let b) = right {
      left = .number(a + b)
    } else {
      left = try sum(left, right)
    }
  }

  private static func sum(_ left: Value, _ right: Value) throws -> Value {
    if case .range = left, case .list = right, let list = try List.convert(left) {
      return try apply(.add, .list(list), right)
    }
    if case .list = left, case .range = right, let list = try List.convert(right) {
      return try apply(.add, left, .list(list))
    }
    if let result = try quantities(.add, left, right) { return result }
    throw mismatch(.add, left, right)
  }

  private static func numeric(
    _ operation: Syntax.BinaryOperator, _ a: Double, _ b: Double
  ) -> Value {
    switch operation {
    case .add: .number(a + b)
    case .subtract: .number(a - b)
    case .multiply: .number(a * b)
    case .divide: .number(a / b)
    case .remainder: .number(fmod(a, b))
    case .power: .number(pow(a, b))
    case .less: .bool(a < b)
    case .lessEqual: .bool(a <= b)
    case .greater: .bool(a > b)
    case .greaterEqual: .bool(a >= b)
    case .equal: .bool(a == b)
    case .notEqual: .bool(a != b)
    case .in: .bool(false)
    }
  }

  private static func ordered<T: Comparable>(
    _ operation: Syntax.BinaryOperator, _ a: T, _ b: T
  ) -> Bool {
    switch operation {
    case .less: a < b
    case .lessEqual: a <= b
    case .greater: a > b
    default: a >= b
    }
  }

  /// Sums, differences and comparisons within one dimension; products with numbers.
  private static func quantities(
    _ operation: Syntax.BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    switch (left, right) {
    case (.quantity(let a), .quantity(let b)):
      guard let amount = b.converted(to: a.unit) else {
        throw CommandError(
          "'\(operation.rawValue)' between a \(a.unit.dimension.rawValue) and a "
            + "\(b.unit.dimension.rawValue)")
      }
      switch operation {
      case .add: return .quantity(Quantity(a.amount + amount, a.unit))
      case .subtract: return .quantity(Quantity(a.amount - amount, a.unit))
      case .divide: return .number(a.amount / amount)
      case .less, .lessEqual, .greater, .greaterEqual:
        return .bool(ordered(operation, a.amount, amount))
      default: return nil
      }
    case (.quantity(let a), .number(let b)):
      switch operation {
      case .multiply: return .quantity(Quantity(a.amount * b, a.unit))
      case .divide: return .quantity(Quantity(a.amount / b, a.unit))
      default: return nil
      }
    case (.number(let a), .quantity(let b)) where operation == .multiply:
      return .quantity(Quantity(a * b.amount, b.unit))
    default: return nil
    }
  }

  private static func contains(
    _ container: Value, _ item: Value, _ interrupt: InterruptFlag?
  ) throws -> Bool {
    switch container {
    case .list(let list): return try list.position(of: item, interrupt) != nil
    case .range(let range):
      if case .number(let number) = item { return range.contains(number) }
      return false
    case .record(let record):
      guard case .string(let key) = item else {
        throw CommandError("the names of a record are texts, found \(item.typeDescription)")
      }
      return record[key] != nil
    case .string(let text):
      guard case .string(let part) = item else {
        throw CommandError("'in' of a text needs a text, found \(item.typeDescription)")
      }
      return part.isEmpty || text.firstRange(of: part) != nil
    case .object(let object):
      if let items = object.items { return try contains(.list(items), item, interrupt) }
      fallthrough
    default:
      throw CommandError(
        "'in' needs a list, record, range or text on its right, "
          + "found \(container.typeDescription)")
    }
  }

  private static func mismatch(
    _ operation: Syntax.BinaryOperator, _ left: Value, _ right: Value
  ) -> CommandError {
    CommandError(
      "'\(operation.rawValue)' has no meaning between \(left.typeDescription) and "
        + right.typeDescription, hint: hint(operation, left, right))
  }

  private static func hint(
    _ operation: Syntax.BinaryOperator, _ left: Value, _ right: Value
  ) -> String? {
    switch (operation, left, right) {
    case (.add, .string, _), (.add, _, .string): "join them in a text: \"\\(a) \\(b)\""
    case (.add, .list, _): "to append a value, write list + [value]"
    case (.add, _, .list): "to put a value in front, write [value] + list"
    case (.remainder, .string, _): "put values into a text with \"\\(x)\""
    case (_, .list, _), (_, _, .list): "compute value by value, with a loop or list.map(f)"
    case (_, .nil, _), (_, _, .nil): "one side has no value"
    default: nil
    }
  }
}
