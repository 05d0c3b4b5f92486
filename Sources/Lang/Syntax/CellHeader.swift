/// What a `#%%` line says: `#%% A title [markdown] name="intro" tags="parameters"`.
struct CellHeader {
  var title = ""
  var kind = Syntax.Cell.Kind.code
  var attributes: [(key: String, value: String)] = []

  /// Reads a header line. Every line has a reading: what is no pair belongs to the title.
  init(line: String) {
    guard let marks = line.firstRange(of: "%%") else { return }
    var rest = Substring(line[marks.upperBound...])
    var words: [String] = []
    while let word = Self.nextWord(&rest) {
      switch word {
      case "[markdown]", "[md]": kind = .markdown
      case "[raw]": kind = .raw
      default:
        if let pair = Self.pair(word) { attributes.append(pair) } else { words.append(word) }
      }
    }
    title = words.joined(separator: " ")
  }

  /// The next word; blanks inside quotes belong to it.
  private static func nextWord(_ text: inout Substring) -> String? {
    text = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard !text.isEmpty else { return nil }
    var word = ""
    var isQuoted = false
    while let character = text.first {
      if !isQuoted && (character == " " || character == "\t" || character == "\r") { break }
      // A quotation mark opens a value only after its key: titles may hold apostrophes.
      if character == "\"" && (isQuoted || word.last == "=") { isQuoted.toggle() }
      word.append(character)
      text.removeFirst()
    }
    return word
  }

  private static func pair(_ word: String) -> (key: String, value: String)? {
    guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return nil }
    let key = word[..<equals]
    guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
      return nil
    }
    var value = word[word.index(after: equals)...]
    if value.count >= 2, value.first == "\"", value.last == "\"" {
      value = value.dropFirst().dropLast()
    }
    return (String(key), String(value))
  }
}
