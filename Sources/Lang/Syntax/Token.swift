/// One word of the language with its place.
struct Token: Sendable {
  enum Kind: Sendable, Equatable {
    case number(Double)
    case quantity(Double, Unit)
    case string([StringPiece])
    case name(String)
    case keyword(Keyword)
    case symbol(Symbol)
    case newline
    /// A `#%%` line, whose text is in the token's range.
    case cell
    /// `?name` or `??word` at the start of a line: the text after the marks.
    case help(String, search: Bool)
    case end
  }

  var kind: Kind
  var range: SourceRange
  /// Whether white space stands before it: `f -1` is a call where `f - 1` is not.
  var spaceBefore: Bool
}

/// A part of a string literal: text as it stands, or the words of a `\( )`.
enum StringPiece: Sendable, Equatable {
  case text(String)
  case code([Token])
}

extension Token: Equatable {
  static func == (a: Token, b: Token) -> Bool { a.kind == b.kind && a.range == b.range }
}

/// Words with a meaning of their own, which cannot be names of variables.
enum Keyword: String, Sendable, CaseIterable {
  case and, or, not, `in`
  case `if`, `else`, `for`, `while`, `func`, `return`, `break`, `continue`
  case `try`, `catch`, param, `true`, `false`, `nil`
}

/// Signs, longest first where one starts another.
enum Symbol: String, Sendable, CaseIterable {
  case ellipsis = "..."
  case halfOpen = "..<"
  case plusEqual = "+="
  case minusEqual = "-="
  case timesEqual = "*="
  case divideEqual = "/="
  case remainderEqual = "%="
  case power = "**"
  case equal = "=="
  case notEqual = "!="
  case lessEqual = "<="
  case greaterEqual = ">="
  case less = "<"
  case greater = ">"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case remainder = "%"
  case assign = "="
  case question = "?"
  case colon = ":"
  case dot = "."
  case comma = ","
  case semicolon = ";"
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
}
