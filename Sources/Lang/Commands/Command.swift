/// A command of the language: its one declaration gives its checks, its help, its completion,
/// the texts of its errors and what it does.
///
///     Command(
///       "step", "Runs optimiser steps, then returns to the prompt.", example: "step fit, 20",
///       Argument<TrainerObject>("fit", "the run to advance"),
///       Argument<Int>("count", "optimiser steps", default: 1, bounds: .atLeast(1))
///     ) { session, fit, count in
///       try fit.trainer.advance(by: count, interrupt: session.interrupt)
///       return .nil
///     }
///
/// The body receives its arguments checked and converted, in the order of the declaration.
/// It throws any `DescribedError`; the interpreter adds the place. To blame one argument,
/// throw `CommandError(_, argument: "name")`. What a command changes it changes last, so that
/// a failure leaves everything as it was.
public struct Command: Sendable {
  public let name: String
  /// One sentence for help.
  public let summary: String
  /// One line that works as it stands, or would with the variables it names.
  public let example: String
  public let arguments: [ArgumentDescription]
  let body: @Sendable (Session, BoundArguments) throws -> Value

  public init<each A: ArgumentValue>(
    _ name: String, _ summary: String, example: String,
    _ arguments: repeat Argument<each A>,
    run: @escaping @Sendable (Session, repeat each A) throws -> Value
  ) {
    var descriptions: [ArgumentDescription] = []
    for argument in repeat each arguments {
      var description = argument.description
      if descriptions.contains(where: \.isVariadic) { description.isNamedOnly = true }
      descriptions.append(description)
    }
    self.name = name
    self.summary = summary
    self.example = example
    self.arguments = descriptions
    body = { session, bound in
      try run(session, repeat try bound.next(each arguments))
    }
  }

  /// A command some of whose arguments are known only when petl runs, such as the constructor of
  /// a method made from the engine's settings. Its body asks for the values of these by name.
  public init<each A: ArgumentValue>(
    _ name: String, _ summary: String, example: String,
    _ arguments: repeat Argument<each A>, described: [ArgumentDescription],
    run: @escaping @Sendable (Session, DescribedArguments, repeat each A) throws -> Value
  ) {
    var descriptions: [ArgumentDescription] = []
    for argument in repeat each arguments { descriptions.append(argument.description) }
    self.name = name
    self.summary = summary
    self.example = example
    self.arguments = descriptions + described
    body = { session, bound in
      let typed = (repeat try bound.next(each arguments))
      return try run(session, try bound.described(), repeat each typed)
    }
  }

  /// How it is called: `attach net, method, at: …, layers: …`.
  public var usage: String {
    name + (arguments.isEmpty ? "" : " " + usageParts(arguments).joined(separator: ", "))
  }

  /// How it is called as a method of its first argument: `sorted(by, descending: false)`.
  public var methodUsage: String {
    name + "(" + usageParts(Array(arguments.dropFirst())).joined(separator: ", ") + ")"
  }

  private func usageParts(_ arguments: [ArgumentDescription]) -> [String] {
    arguments.map { argument in
      if argument.isVariadic { return "\(argument.name)…" }
      if argument.isRequired && !argument.isNamedOnly { return argument.name }
      if !argument.isNamedOnly && argument.defaultText == nil { return "[\(argument.name)]" }
      return "\(argument.name): \(argument.defaultText ?? "…")"
    }
  }

  /// Matches the arguments of a call with the declaration.
  ///
  /// - Throws: `ArgumentFailure` for an argument too many, unknown, given twice or missing.
  func bind(_ call: CallArguments, receivers: Int = 0) throws -> BoundArguments {
    var slots = [CallArguments.Passed?](repeating: nil, count: arguments.count)
    var position = 0
    var rest: [CallArguments.Passed] = []
    for passed in call.positional {
      if position < arguments.count, arguments[position].isVariadic {
        rest.append(passed)
      } else if position < arguments.count, !arguments[position].isNamedOnly {
        slots[position] = passed
        position += 1
      } else {
        throw tooMany(passed, receivers: receivers)
      }
    }
    if !rest.isEmpty {
      let range = rest.first?.range.flatMap { start in rest.last?.range.map(start.through) }
      let value = Value.list(rest.map(\.value))
      slots[position] = CallArguments.Passed(value: value, range: range)
    }
    for (name, passed) in call.named {
      guard let slot = arguments.dropFirst(receivers).firstIndex(where: { $0.name == name }) else {
        throw unknown(name, passed)
      }
      if slots[slot] != nil {
        throw ArgumentFailure(
          message: "'\(name)' of '\(self.name)' is given twice",
          hint: "once by its place and once by name", range: passed.nameRange)
      }
      slots[slot] = passed
    }
    return BoundArguments(self, slots)
  }

  private func tooMany(_ passed: CallArguments.Passed, receivers: Int) -> ArgumentFailure {
    let places = arguments.dropFirst(receivers).filter { !$0.isNamedOnly }
    let names = arguments.dropFirst(receivers).filter(\.isNamedOnly).map { "\($0.name):" }
    let takes =
      places.isEmpty
      ? "takes no value without a name"
      : "takes at most \(places.count) value\(places.count == 1 ? "" : "s") without a name"
    return ArgumentFailure(
      message: "'\(name)' \(takes)",
      hint: names.isEmpty
        ? "usage: \(receivers > 0 ? methodUsage : usage)"
        : "by name: \(names.joined(separator: ", "))", range: passed.range)
  }

  private func unknown(_ name: String, _ passed: CallArguments.Passed) -> ArgumentFailure {
    let known = arguments.map(\.name)
    let hint =
      didYouMean(name, known)
      ?? (known.isEmpty ? nil : "arguments: \(known.joined(separator: ", "))")
    return ArgumentFailure(
      message: "'\(self.name)' has no argument '\(name)'", hint: hint, range: passed.nameRange)
  }
}
