/// Something that can be called: a `func` of a script, a command, or a method of a value.
public final class FunctionValue: @unchecked Sendable {
  enum Kind {
    case script(Syntax.Function, Source, captured: [String: Value])
    case command(Command)
    /// A method with the value that it belongs to.
    case method(Command, receiver: Value)
  }

  let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  /// A command as a value.
  public convenience init(_ command: Command) { self.init(.command(command)) }

  /// A command whose first argument is already given, such as a method of an object.
  public convenience init(_ command: Command, receiver: Value) {
    self.init(.method(command, receiver: receiver))
  }

  public var name: String {
    switch kind {
    case .script(let function, _, _): function.name ?? "func"
    case .command(let command), .method(let command, _): command.name
    }
  }

  var isCommand: Bool {
    if case .script = kind { false } else { true }
  }

  /// What a person calls it: `func`, `command`, `method`.
  var kindName: String {
    switch kind {
    case .script: "func"
    case .command: "command"
    case .method: "method"
    }
  }

  /// How it is called: `best(rate, kernel: 31)`.
  public var signature: String {
    switch kind {
    case .script(let function, let source, _):
      let parameters = function.parameters.map { parameter in
        parameter.defaultValue.map { "\(parameter.name): \(source.text(in: $0.range))" }
          ?? parameter.name
      }
      return "\(name)(\(parameters.joined(separator: ", ")))"
    case .command(let command): return command.usage
    case .method(let command, _): return command.methodUsage
    }
  }

  /// Whether it can be called without arguments.
  var needsNoArguments: Bool {
    switch kind {
    case .script(let function, _, _): function.parameters.allSatisfy { $0.defaultValue != nil }
    case .command(let command): command.arguments.allSatisfy { !$0.isRequired }
    case .method(let command, _): command.arguments.dropFirst().allSatisfy { !$0.isRequired }
    }
  }
}
