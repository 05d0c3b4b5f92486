extension Syntax {
  /// Something to do, with its place.
  public struct Statement: Sendable {
    indirect enum Kind: Sendable {
      case expression(Expression)
      /// `target = value`, or `target += value` with its operator.
      case assignment(Expression, BinaryOperator?, Expression)
      case conditional([Branch], otherwise: [Statement]?)
      case loop(variable: String, variableRange: SourceRange, over: Expression, body: [Statement])
      case whileLoop(Expression, body: [Statement])
      case function(Function, nameRange: SourceRange)
      case returning(Expression?)
      case breaking
      case continuing
      case trying([Statement], variable: String?, variableRange: SourceRange?, handler: [Statement])
      case parameter(Parameter)
      case timed(Statement)
      case help(String, search: Bool)
    }

    let kind: Kind
    public let range: SourceRange
    /// Whether a `;` follows, which keeps its value from being shown.
    var isQuiet = false
  }

  struct Branch: Sendable {
    let condition: Expression
    let body: [Statement]
  }

  /// `param lr = 5e-3, "peak learning rate"`.
  struct Parameter: Sendable {
    let name: String
    let nameRange: SourceRange
    let value: Expression
    let summary: String?
  }

  /// A whole source: its statements and the cells that they stand in.
  public struct Program: Sendable {
    public let source: Source
    public let statements: [Statement]
    public let cells: [Cell]

    /// The names that `param` statements of the script declare, in order.
    public var parameterNames: [String] {
      statements.compactMap {
        if case .parameter(let parameter) = $0.kind { parameter.name } else { nil }
      }
    }
  }

  /// A stretch of a source between two `#%%` lines; text before the first such line is a
  /// cell without a title.
  public struct Cell: Sendable {
    public enum Kind: String, Sendable { case code, markdown, raw }
    public let title: String
    public let kind: Kind
    /// The `key="value"` pairs in order, unknown keys included.
    public let attributes: [(key: String, value: String)]
    /// The `#%%` line; empty for the text before the first one.
    public let header: SourceRange
    /// The text below it.
    public let body: SourceRange
    /// Its statements, as indices into the program's.
    public let statements: Range<Int>
  }
}
