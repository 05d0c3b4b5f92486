/// A member of the language's own values: a property such as `xs.count`, or a method such as
/// `xs.sorted()`. Its declaration is that of a command whose first argument is the value.
public struct Member: Sendable {
  public let command: Command
  public let isProperty: Bool

  static func property(_ command: Command) -> Member { Member(command: command, isProperty: true) }
  static func method(_ command: Command) -> Member { Member(command: command, isProperty: false) }
}

/// The members of each kind of value.
public enum Members {
  /// Members that belong to the language, by the kind of value.
  public static func all(of value: Value) -> [Member] {
    switch value {
    case .list: ListMembers.all
    case .range: ListMembers.all
    case .string: TextMembers.all
    case .record: RecordMembers.all
    case .quantity: QuantityMembers.all
    case .object(let object): object.items == nil ? [] : ListMembers.all
    default: []
    }
  }

  /// The names that Tab offers after the point.
  public static func names(of value: Value) -> [String] {
    switch value {
    case .object(let object):
      return object.memberNames
        + all(of: value).map(\.command.name).filter { !object.memberNames.contains($0) }
    case .record(let record): return record.keys + all(of: value).map(\.command.name)
    default: return all(of: value).map(\.command.name)
    }
  }

  /// A member of the language's own; a member of the object itself goes before it.
  static func find(_ name: String, of value: Value) -> Member? {
    if case .object(let object) = value, object.memberNames.contains(name) { return nil }
    return all(of: value).first { $0.command.name == name }
  }

  /// The value of a member, or `nil` when there is none.
  static func value(of value: Value, _ name: String, in session: Session) throws -> Value? {
    if case .record(let record) = value, let found = record[name] { return found }
    if case .object(let object) = value, let found = try object.member(name) { return found }
    if let member = find(name, of: value) {
      let function = FunctionValue(.method(member.command, receiver: value))
      guard member.isProperty else { return .function(function) }
      return try member.command.body(
        session, try member.command.bind(CallArguments([value]), receivers: 1))
    }
    return name == "type" ? .string(value.typeName) : nil
  }
}
