/// Where the cursor stands: what the words before it say about what may come next.
struct CompletionContext {
  enum Place: Equatable {
    case start
    case expression
    /// After `name.` with the names before the point.
    case member([String])
    /// Where an argument of a command starts; the names already used, and how many came before.
    case argument(String, used: Set<String>, position: Int)
    /// After `name:` inside a call of a command.
    case value(String, argument: String)
    /// Inside quotes, perhaps as an argument of a command.
    case text(String?, argument: String?, position: Int)
    /// After `?` or `help`.
    case help
    case comment
  }

  /// The part of a word before the cursor, which a candidate replaces.
  private(set) var prefix = ""
  private(set) var place = Place.start
  /// The mark that the string around the cursor starts with, if there is one.
  private(set) var quote: Character?
  /// Whether the call at the cursor has no parentheses.
  private(set) var isBare = false

  /// One bracket that is still open, with the call that it belongs to.
  private struct Level {
    var bracket: Symbol?
    var command: String?
    var isBare = false
    var label: String?
    var used: Set<String> = []
    var position = 0
    /// Whether the level has words since its start or its last comma.
    var isFresh = true
  }

  /// - Parameter text: all of the text before the cursor.
  init(_ text: String) {
    let (code, open) = Self.openString(text)
    if let open {
      quote = text.dropFirst(code.count).first
      prefix = open
    } else if code.utf8.last != UInt8(ascii: " ") {
      prefix = Self.lastName(code)
    }
    let before = open == nil ? String(code.dropLast(prefix.count)) : code
    guard let tokens = Self.tokens(before) else {
      place = .comment
      return
    }
    read(tokens, isString: open != nil)
  }

  // MARK: - Text

  /// The text before an open string and what the string holds so far; `nil` outside strings.
  private static func openString(_ text: String) -> (String, String?) {
    var quote: Character?
    var start = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      if let open = quote {
        if character == "\\" && open == "\"" {
          index = text.index(after: index)
          if index == text.endIndex { break }
        } else if character == open || character.isNewline {
          quote = nil
        }
      } else if character == "\"" || character == "'" {
        quote = character
        start = index
      } else if character == "#" {
        index = text[index...].firstIndex(where: \.isNewline) ?? text.endIndex
        continue
      }
      index = text.index(after: index)
    }
    guard quote != nil else { return (text, nil) }
    return (String(text[..<start]), String(text[text.index(after: start)...]))
  }

  private static func lastName(_ text: String) -> String {
    let name = text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let word = String(name.reversed())
    return word.first?.isNumber == true ? "" : word
  }

  /// The words of the last statement's beginning; `nil` inside a comment.
  private static func tokens(_ text: String) -> [Token]? {
    let lastLine = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    guard var tokens = try? Lexer.tokens(Source(name: "prompt", text: text)) else { return [] }
    if lastLine.contains("#"), tokens.last?.spaceBefore == true || tokens.count == 1,
      let end = tokens.dropLast().last?.range.end ?? Optional(0),
      text.utf8.dropFirst(end).contains(UInt8(ascii: "#"))
    {
      return nil
    }
    tokens.removeLast()
    return tokens
  }

  // MARK: - Words

  private mutating func read(_ tokens: [Token], isString: Bool) {
    if case .help? = tokens.last?.kind {
      place = .help
      return
    }
    var levels = [Level()]
    var isStart = true
    for (index, token) in tokens.enumerated() {
      step(token, tokens, index, &levels, &isStart)
    }
    let level = levels.last ?? Level()
    isBare = level.isBare
    if isString {
      // A list inside an argument belongs to it: on: ["q", "v"].
      let call = levels.last { $0.bracket != .leftBracket || $0.command != nil } ?? level
      place = .text(call.command, argument: call.label, position: call.position)
      return
    }
    if case .symbol(.dot)? = tokens.last?.kind {
      place = .member(Self.path(tokens))
      return
    }
    if let command = level.command {
      if command == "help" || command == "apropos" {
        place = .help
      } else if let label = level.label {
        place = .value(command, argument: label)
      } else if level.isFresh {
        place = .argument(command, used: level.used, position: level.position)
      } else {
        place = .expression
      }
      return
    }
    place = isStart ? .start : .expression
  }

  private func step(
    _ token: Token, _ tokens: [Token], _ index: Int, _ levels: inout [Level],
    _ isStart: inout Bool
  ) {
    let top = levels.count - 1
    let wasStart = isStart
    isStart = false
    switch token.kind {
    case .newline where levels[top].bracket == nil || levels[top].bracket == .leftBrace:
      if levels[top].isBare, tokens[max(0, index - 1)].kind == .symbol(.comma) { break }
      fallthrough
    case .symbol(.semicolon), .cell:
      levels[top] = Level(bracket: levels[top].bracket)
      isStart = true
    case .symbol(.leftParenthesis):
      levels[top].isFresh = false
      var level = Level(bracket: .leftParenthesis)
      if index > 0, case .name(let name) = tokens[index - 1].kind, !token.spaceBefore {
        level.command = name
      }
      levels.append(level)
    case .symbol(.leftBracket):
      levels[top].isFresh = false
      levels.append(Level(bracket: .leftBracket))
    case .symbol(.leftBrace):
      levels.append(Level(bracket: .leftBrace))
      isStart = true
    case .symbol(.rightParenthesis), .symbol(.rightBracket), .symbol(.rightBrace):
      if levels.count > 1 { levels.removeLast() }
      isStart = token.kind == .symbol(.rightBrace)
    case .symbol(.comma):
      levels[top].position += levels[top].label == nil ? 1 : 0
      levels[top].label = nil
      levels[top].isFresh = true
    case .symbol(.colon):
      if index > 0, let name = Self.word(tokens[index - 1]), levels[top].command != nil {
        levels[top].label = name
        levels[top].used.insert(name)
      }
    case .symbol(.assign):
      // Right of `=` a statement may start again.
      if levels[top].command == nil { isStart = true }
    case .name(let name) where wasStart && !Self.isFollowedByOperator(tokens, index):
      if name == "time" {
        isStart = true
      } else {
        levels[top].command = name
        levels[top].isBare = true
      }
    default:
      levels[top].isFresh = false
    }
  }

  private static func word(_ token: Token) -> String? {
    switch token.kind {
    case .name(let name): name
    case .keyword(let keyword): keyword.rawValue
    default: nil
    }
  }

  /// Whether the name at `index` is no command: a member, an index, an operator follows.
  private static func isFollowedByOperator(_ tokens: [Token], _ index: Int) -> Bool {
    guard index + 1 < tokens.count else { return false }
    let next = tokens[index + 1]
    switch next.kind {
    case .symbol(.leftParenthesis), .symbol(.leftBracket): return !next.spaceBefore
    case .symbol(.minus), .symbol(.plus):
      return index + 2 >= tokens.count || tokens[index + 2].spaceBefore
    case .symbol: return true
    case .keyword(.in), .keyword(.and), .keyword(.or): return true
    default: return false
    }
  }

  /// The names before a last point: `fit.valid.` gives fit and valid.
  private static func path(_ tokens: [Token]) -> [String] {
    var names: [String] = []
    var index = tokens.count - 1
    while index > 0, tokens[index].kind == .symbol(.dot), let name = word(tokens[index - 1]) {
      names.insert(name, at: 0)
      index -= 2
    }
    // After a call or an index nothing is known without running it.
    if index >= 0, index < tokens.count - 1, tokens[index].kind == .symbol(.rightParenthesis) {
      return []
    }
    return names
  }
}
