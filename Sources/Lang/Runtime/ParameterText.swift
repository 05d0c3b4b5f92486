/// Values given on the command line, as in `--set lr=1e-3`.
enum ParameterText {
  /// The value that `text` spells, of the same kind as the script's own value.
  ///
  /// A script's text takes anything as it stands; other kinds take a literal.
  /// - Throws: `CommandError` when it is of another kind.
  static func value(_ text: String, named name: String, like model: Value) throws -> Value {
    if case .string = model { return .string(text) }
    let value = literal(text)
    if let value, model.isNil || value.typeName == model.typeName { return value }
    if model.isNil { return .string(text) }
    if case .list = model, case .range? = value { return value ?? .nil }
    if case .quantity = model, case .number? = value {
      throw CommandError("--set \(name)=\(text): '\(name)' needs its unit, as \(model.inline())")
    }
    throw CommandError("--set \(name)=\(text): '\(name)' is \(model.typeDescription), not this")
  }

  /// The value of a literal such as `1e-3`, `[1, 2]` or `0...3`; nothing is looked up or run.
  static func literal(_ text: String) -> Value? {
    guard let program = try? Parser.parse(Source(name: "--set", text: text)),
      program.statements.count == 1, case .expression(let expression) = program.statements[0].kind
    else { return nil }
    return literal(expression)
  }

  private static func literal(_ expression: Syntax.Expression) -> Value? {
    switch expression.kind {
    case .literal(let value): return value
    case .unary(.minus, let operand):
      if case .number(let number)? = literal(operand) { return .number(-number) }
      return nil
    case .list(let items):
      let values = items.compactMap(literal)
      return values.count == items.count ? .list(values) : nil
    case .record(let entries):
      var record = Record()
      for entry in entries {
        guard let value = literal(entry.value) else { return nil }
        record[entry.key] = value
      }
      return .record(record)
    case .range(let lower, let upper, let closed):
      guard case .number(let a)? = literal(lower), case .number(let b)? = literal(upper) else {
        return nil
      }
      return .range(NumberRange(a, b, isClosed: closed))
    default: return nil
    }
  }
}
