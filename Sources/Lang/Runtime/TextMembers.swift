/// What texts can do.
enum TextMembers {
  private static let text = Argument<String>("text", "the text")

  static let all: [Member] = [
    .property(
      Command("count", "How many characters it has.", example: "\"ab\".count", text) { _, text in
        .count(text.count)
      }),
    .property(
      Command("upper", "In capital letters.", example: "\"ab\".upper", text) { _, text in
        .string(text.uppercased())
      }),
    .property(
      Command("lower", "In small letters.", example: "\"AB\".lower", text) { _, text in
        .string(text.lowercased())
      }),
    .property(
      Command("trimmed", "Without blanks at its ends.", example: "\" a \".trimmed", text) {
        _, text in .string(text.trimmed)
      }),
    .property(
      Command("lines", "Its lines as a list.", example: "\"a\\nb\".lines", text) { _, text in
        .strings(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      }),
    .property(
      Command("number", "The number it spells, or nil.", example: "\"1.5\".number", text) {
        _, text in Double(text.trimmed).map(Value.number) ?? .nil
      }),
    .method(
      Command(
        "split", "Its parts between a separator; between blanks without one.",
        example: "\"a,b\".split(\",\")", text,
        Argument<String?>("separator", "what stands between the parts")
      ) { _, text, separator in
        guard let separator, !separator.isEmpty else {
          return .strings(text.split(whereSeparator: \.isWhitespace).map(String.init))
        }
        return .strings(parts(text, separator))
      }),
    .method(
      Command(
        "replace", "With one part replaced everywhere.", example: "\"a-b\".replace(\"-\", \"+\")",
        text, Argument<String>("part", "what to replace"),
        Argument<String>("by", "what to put there")
      ) { _, text, part, replacement in
        guard !part.isEmpty else { return .string(text) }
        let pieces = parts(text, part)
        let grown = pieces.count * max(0, replacement.utf8.count - part.utf8.count)
        guard text.utf8.count + grown <= Limits.stringBytes else {
          throw CommandError("the result would be too long", argument: "by")
        }
        return .string(pieces.joined(separator: replacement))
      }),
    .method(
      Command(
        "contains", "Whether a part stands in it.", example: "\"ab\".contains(\"b\")", text,
        Argument<String>("part", "what to look for")
      ) { _, text, part in .bool(part.isEmpty || text.firstRange(of: part) != nil) }),
    .method(
      Command(
        "hasPrefix", "Whether it starts with a part.", example: "\"ab\".hasPrefix(\"a\")", text,
        Argument<String>("part", "what to look for")
      ) { _, text, part in .bool(text.hasPrefix(part)) }),
    .method(
      Command(
        "hasSuffix", "Whether it ends with a part.", example: "\"ab\".hasSuffix(\"b\")", text,
        Argument<String>("part", "what to look for")
      ) { _, text, part in .bool(text.hasSuffix(part)) }),
    .method(
      Command(
        "index", "Where a part starts, or nil.", example: "\"ab\".index(\"b\")", text,
        Argument<String>("part", "what to look for")
      ) { _, text, part in
        guard let range = text.firstRange(of: part) else { return .nil }
        return .count(text.distance(from: text.startIndex, to: range.lowerBound))
      }),
  ]

  private static func parts(_ text: String, _ separator: String) -> [String] {
    // Over UTF-8, where a search is linear; a match cannot begin inside a character's bytes.
    let bytes = Array(text.utf8)
    let mark = Array(separator.utf8)
    var result: [String] = []
    var start = 0
    var position = 0
    while position + mark.count <= bytes.count {
      if bytes[position] == mark[0], bytes[position..<(position + mark.count)].elementsEqual(mark) {
        result.append(String(decoding: bytes[start..<position], as: UTF8.self))
        position += mark.count
        start = position
      } else {
        position += 1
      }
    }
    result.append(String(decoding: bytes[start...], as: UTF8.self))
    return result
  }
}
