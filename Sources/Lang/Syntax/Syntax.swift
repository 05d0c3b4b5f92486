/// The tree that the parser makes of a source: expressions here, statements beside.
public enum Syntax {
  /// A value to compute, with its place.
  public struct Expression: Sendable {
    indirect enum Kind: Sendable {
      case literal(Value)
      case interpolation([Piece])
      case name(String)
      case list([Expression])
      case record([Entry])
      case range(Expression, Expression, closed: Bool)
      case unary(UnaryOperator, Expression)
      case binary(BinaryOperator, Expression, Expression)
      case and(Expression, Expression)
      case or(Expression, Expression)
      case conditional(Expression, then: Expression, else: Expression)
      case member(Expression, String, nameRange: SourceRange)
      case index(Expression, Expression)
      case call(Call)
      case function(Function)
    }

    let kind: Kind
    let range: SourceRange
    /// How deep the tree below is, itself included; the parser limits it.
    let depth: Int
  }

  /// A part of an interpolated string.
  enum Piece: Sendable {
    case text(String)
    case value(Expression)
  }

  /// `key: value` of a record.
  struct Entry: Sendable {
    let key: String
    let keyRange: SourceRange
    let value: Expression
  }

  /// A call, with parentheses or without.
  struct Call: Sendable {
    let callee: Expression
    let arguments: [CallArgument]
    /// Whether it was written without parentheses, as `step fit, 20`.
    let isBare: Bool
    /// Whether the first argument is a bare word, as `csv` in `write csv table`.
    let hasWord: Bool
  }

  /// One argument of a call, with its name if it was given by name.
  struct CallArgument: Sendable {
    let name: String?
    let nameRange: SourceRange?
    let value: Expression
  }

  /// A function, named or not.
  struct Function: Sendable {
    let name: String?
    let parameters: [FunctionParameter]
    let body: [Statement]
    let range: SourceRange
  }

  struct FunctionParameter: Sendable {
    let name: String
    let range: SourceRange
    let defaultValue: Expression?
  }

  enum UnaryOperator: String, Sendable {
    case minus = "-"
    case plus = "+"
    case not
  }

  /// Operators that evaluate both sides.
  public enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case `in`
  }
}
