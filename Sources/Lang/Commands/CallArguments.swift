import ASTKit

/// The evaluated arguments of one call, before they are matched with a declaration.
struct CallArguments {
  struct Passed {
    var value: Value
    /// Where it stands in the source, or `nil` for a value the interpreter supplies.
    var range: SourceRange?
    var nameRange: SourceRange?
  }

  var positional: [Passed] = []
  var named: [(name: String, passed: Passed)] = []

  init(_ values: [Value] = []) {
    positional = values.map { Passed(value: $0) }
  }
}

/// A mistake in one argument, found while a call is matched with its declaration.
struct ArgumentFailure: Error {
  var message: String
  var hint: String?
  /// The value or name to mark, or `nil` for the whole call.
  var range: SourceRange?
}

/// The arguments of a call in the order of the declaration; `nil` where one was left out.
final class BoundArguments {
  private let command: Command
  private(set) var slots: [CallArguments.Passed?]
  private var position = 0

  init(_ command: Command, _ slots: [CallArguments.Passed?]) {
    self.command = command
    self.slots = slots
  }

  /// The next argument as its Swift type, checked against all that it declares.
  func next<A>(_ argument: Argument<A>) throws -> A {
    defer { position += 1 }
    let description = argument.description
    guard let passed = slots[position] else {
      if let value = argument.defaultValue { return value }
      throw missing(description)
    }
    let value: Value
    do {
      value = try ArgumentCheck(description).checked(passed.value)
      if let converted = try A.convert(value) { return converted }
    } catch {
      throw refused(error, description, passed)
    }
    throw ArgumentFailure(
      message: "'\(description.name)' of '\(command.name)' must be "
        + "\(description.typeDescription), found \(value.found)",
      hint: ArgumentCheck(description).hint(forWrong: value), range: passed.range)
  }

  /// The arguments after those that `next` gave, by name, their units, bounds and allowed values
  /// checked.
  func described() throws -> DescribedArguments {
    var values: [String: Value] = [:]
    for (description, passed) in zip(command.arguments, slots).dropFirst(position) {
      if let passed {
        do {
          values[description.name] = try ArgumentCheck(description).checked(passed.value)
        } catch {
          throw refused(error, description, passed)
        }
      } else if description.isRequired {
        throw missing(description)
      }
    }
    return DescribedArguments(command: command, values: values)
  }

  /// What is wrong with a value, with its place.
  private func refused(
    _ error: any Error, _ description: ArgumentDescription, _ passed: CallArguments.Passed
  ) -> any Error {
    switch error {
    case let error as CommandError:
      ArgumentFailure(
        message: "'\(description.name)': \(error.message)", hint: error.hint, range: passed.range)
    case let error as EngineError:
      ArgumentFailure(message: error.message, hint: error.hint, range: passed.range)
    default: error
    }
  }

  private func missing(_ description: ArgumentDescription) -> ArgumentFailure {
    ArgumentFailure(
      message: "'\(command.name)' needs '\(description.name)', \(description.typeDescription)",
      hint: "usage: \(command.usage)", range: nil)
  }

  /// Where an argument stands in the call.
  func range(of name: String) -> SourceRange? {
    command.arguments.firstIndex { $0.name == name }.flatMap { slots[$0]?.range }
  }
}

/// The arguments of a call to a command that was made with `described:`.
public struct DescribedArguments: Sendable {
  let command: Command
  let values: [String: Value]

  /// The value as it was given, or `nil` if it was left out.
  public subscript(name: String) -> Value? { values[name] }

  /// The value as a Swift type, or `nil` if it was left out.
  ///
  /// - Throws: when it is of another kind.
  public func value<A: ArgumentValue>(_ name: String, as type: A.Type = A.self) throws -> A? {
    guard let value = values[name] else { return nil }
    if let converted = try A.convert(value) { return converted }
    throw CommandError(
      "'\(name)' of '\(command.name)' must be \(A.typeDescription), found \(value.found)",
      argument: name)
  }
}

/// Units, bounds and allowed values of one argument.
struct ArgumentCheck {
  let argument: ArgumentDescription

  init(_ argument: ArgumentDescription) { self.argument = argument }

  /// The value with its quantities converted to the argument's unit.
  func checked(_ value: Value) throws -> Value {
    switch value {
    case .quantity(let quantity):
      guard let unit = argument.unit else {
        if argument.typeDescription == Value.typeDescription { return value }
        throw CommandError(
          "it has no unit, found \(value.inline())", hint: "write \(quantity.amount.shortText)")
      }
      guard let amount = quantity.converted(to: unit) else {
        throw CommandError(
          "it is a \(unit.dimension.rawValue) in \(unit.name), found a "
            + "\(quantity.unit.dimension.rawValue), \(value.inline())",
          hint: "a bare number is in \(unit.name)")
      }
      return try checked(.number(amount))
    case .number(let number):
      try argument.bounds?.check(number, unit: argument.unit?.name, of: argument.name)
    case .range(let range):
      if let bounds = argument.bounds, let last = range.integers?.last,
        !bounds.contains(range.lower) || !bounds.contains(Double(last))
      {
        throw EngineError.setting(
          name: argument.name, expected: bounds.text, found: range.text)
      }
    case .string(let text):
      if !argument.allowed.isEmpty {
        try EngineError.requireChoice(text, of: argument.name, among: argument.allowed)
      }
    case .list(let list):
      guard argument.unit != nil || argument.bounds != nil || !argument.allowed.isEmpty else {
        return value
      }
      return .list(List(try list.map { try checked($0) }))
    default: break
    }
    return value
  }

  /// What to write when a value of the wrong kind was given.
  func hint(forWrong value: Value) -> String? {
    switch value {
    case .string(let text) where Double(text) != nil && argument.typeDescription.contains("number"):
      return "write \(text) without quotes"
    case .number where argument.typeDescription == String.typeDescription:
      return "write \(value.inline().quoted)"
    case .function(let function) where !argument.typeDescription.contains("func"):
      return function.isCommand ? "call it: \(function.name)(…)" : nil
    default:
      return argument.allowed.isEmpty
        ? nil : "one of \(argument.allowed.map(\.quoted).joined(separator: ", "))"
    }
  }
}

extension Value {
  /// The value as errors quote it: short ones in full, others by their kind.
  var found: String {
    switch self {
    case .nil: return "nil"
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let number): return number.shortText
    case .quantity, .range: return inline()
    case .string(let text): return text.count <= 30 ? "the text \(text.quoted)" : "a text"
    case .list(let list):
      let text = inline(limit: 60)
      return text.count <= 30 ? "the list \(text)" : "a list of \(list.count) values"
    case .record, .object, .function: return typeDescription
    }
  }
}
