/// Something of the engine that a variable can hold: a model, a dataset, a run, a curve.
///
/// Only the type's name, its members and its text are needed; the rest has defaults. To let
/// commands take it as an argument, conform to `ObjectArgument` as well.
public protocol LangObject: AnyObject {
  /// What a person calls it, without an article: `dataset`, `model`.
  var typeName: String { get }
  /// The members that Tab offers and `?x` lists.
  var memberNames: [String] { get }
  /// The value of a member, or `nil` when there is none of this name.
  func member(_ name: String) throws -> Value?
  /// Changes a member.
  ///
  /// - Throws: when the member cannot be changed or the value does not fit; then nothing is.
  func setMember(_ name: String, to value: Value) throws
  /// The text shown for it at the prompt, within `columns`; without a newline at its end.
  func display(columns: Int) -> String
  /// One line, for use inside lists, records and `print`.
  var summary: String { get }
  /// What `object[key]` gives.
  func index(_ key: Value) throws -> Value?
  /// The object as a list, when it can be looped over, summed or indexed by number.
  var items: List? { get }
  /// What an operator gives, or `nil` when it has no meaning. `isRight` says that the object
  /// stands on the right.
  func apply(
    _ operation: Syntax.BinaryOperator, _ other: Value, isRight: Bool
  ) throws -> Value?
  /// Whether `==` holds.
  func isEqual(to other: any LangObject) -> Bool
  /// One line of help about a member.
  func memberSummary(_ name: String) -> String?
}

extension LangObject {
  public func setMember(_ name: String, to value: Value) throws {
    guard memberNames.contains(name) else {
      throw MemberError.unknown(type: typeName, name: name, known: memberNames)
    }
    throw MemberError.readOnly(type: typeName, name: name)
  }
  public func display(columns: Int) -> String { summary }
  public func index(_ key: Value) throws -> Value? { nil }
  public var items: List? { nil }
  public func apply(
    _ operation: Syntax.BinaryOperator, _ other: Value, isRight: Bool
  ) throws -> Value? { nil }
  public func isEqual(to other: any LangObject) -> Bool { self === other }
  public func memberSummary(_ name: String) -> String? { nil }
}
