import FoundationEssentials

/// Finds keys that occur twice, which a JSON decoder passes over in silence.
enum JSONKeys {
  /// The first key of the outermost object that occurs twice, in text that a decoder has
  /// already accepted.
  static func firstDuplicate(_ json: UnsafeRawBufferPointer) -> String? {
    var seen: Set<String> = []
    var depth = 0
    var index = 0
    var lastString: Range<Int>?
    while index < json.count {
      switch json[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = index
        index += 1
        while index < json.count, json[index] != UInt8(ascii: "\"") {
          index += json[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        lastString = start..<min(index + 1, json.count)
      case UInt8(ascii: ":") where depth == 1:
        if let range = lastString, let key = decode(UnsafeRawBufferPointer(rebasing: json[range])),
          !seen.insert(key).inserted
        {
          return key
        }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// A string literal with its quotes, escapes resolved.
  private static func decode(_ literal: UnsafeRawBufferPointer) -> String? {
    if literal.contains(UInt8(ascii: "\\")) {
      return try? JSONDecoder().decode(String.self, from: Data(literal))
    }
    return String(validating: literal.dropFirst().dropLast(), as: UTF8.self)
  }
}
