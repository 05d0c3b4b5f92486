import ASTKit

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
        .strings(
          try listed(
            text.split(
              separator: "\n", maxSplits: Limits.listCount, omittingEmptySubsequences: false)))
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
      ) { session, text, separator in
        guard let separator, !separator.isEmpty else {
          return .strings(
            try listed(text.split(maxSplits: Limits.listCount, whereSeparator: \.isWhitespace)))
        }
        var parts: [String] = []
        try forEachPart(of: text, separator, session.interrupt) { bytes in
          guard parts.count < Limits.listCount else { throw tooManyParts }
          parts.append(String(decoding: bytes, as: UTF8.self))
        }
        return .strings(parts)
      }),
    .method(
      Command(
        "replace", "With one part replaced everywhere.", example: "\"a-b\".replace(\"-\", \"+\")",
        text, Argument<String>("part", "what to replace"),
        Argument<String>("by", "what to put there")
      ) { session, text, part, replacement in
        guard !part.isEmpty else { return .string(text) }
        var result: [UInt8] = []
        var isFirst = true
        try forEachPart(of: text, part, session.interrupt) { bytes in
          if !isFirst { result += replacement.utf8 }
          isFirst = false
          result += bytes
          guard result.count <= Limits.stringBytes else {
            throw CommandError(
              "the result would be longer than \(Limits.stringBytes / 1_000_000) MB", argument: "by"
            )
          }
        }
        return .string(String(decoding: result, as: UTF8.self))
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

  private static let tooManyParts = CommandError(
    "the text has more than \(Limits.listCount) parts, more than a list may hold")

  private static func listed(_ parts: [Substring]) throws -> [String] {
    guard parts.count <= Limits.listCount else { throw tooManyParts }
    return parts.map(String.init)
  }

  /// Calls `body` with the bytes between one separator and the next.
  private static func forEachPart(
    of text: String, _ separator: String, _ interrupt: InterruptFlag,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let search = ByteSearch(separator)
    try Array(text.utf8).withUnsafeBytes { bytes in
      var start = 0
      while let found = search.first(in: bytes, from: start) {
        try interrupt.check()
        try body(UnsafeRawBufferPointer(rebasing: bytes[start..<found]))
        start = found + search.count
      }
      try body(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
  }
}
