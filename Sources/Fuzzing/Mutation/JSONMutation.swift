/// Changes to JSON that leave it JSON, most of the time: other values, members dropped,
/// doubled and exchanged.
package enum JSONMutation {
  package static func apply(to text: inout [UInt8], _ random: inout FuzzRandom) {
    for _ in 0...random.below(random.chance(70) ? 2 : 8) { change(&text, &random) }
    if random.chance(8) { ByteMutation.addNoise(&text, &random) }
    if random.chance(3) { text.removeLast(random.below(text.count)) }
  }

  private static let literals: [[UInt8]] =
    [
      "0", "1", "-1", "2", "3", "7", "0.5", "-0.0", "1e308", "1e-320", "1e999", "1e400000000",
      "9223372036854775807", "9223372036854775808", "-9223372036854775808", "4294967296",
      "2147483647", "18446744073709551616", "1000000", "16384", "null", "true", "false", "\"\"",
      "\"a\"", "\"0\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u001b[31m\"", "\"\\u202e\"", "[]", "{}",
      "[0]", "[[]]", "[1,2,3]", "[-1]", "[0,0,0,0]", "[1e308]", "[null]", "{\"a\":1}", "\"../x\"",
      "\"/dev/zero\"", "\"(((a+)+)+)+$\"", "\".*\"", "\"\u{301}\"", "\"[\"", "\"F16\"", "\"BOOL\"",
      "\"I64\"", "\"F64\"", "01", "+1", "NaN", "Infinity", "'a'",
    ].map { Array($0.utf8) } + [
      Array(String(repeating: "[", count: 2000).utf8)
        + Array(String(repeating: "]", count: 2000).utf8),
      Array("\"\(String(repeating: "x", count: 3000))\"".utf8),
      Array("[\(Array(repeating: "9", count: 70).joined(separator: ","))]".utf8),
      Array("1\(String(repeating: "0", count: 400))".utf8),
    ]

  private static func change(_ text: inout [UInt8], _ random: inout FuzzRandom) {
    let spans = Spans(text)
    guard !spans.values.isEmpty else { return ByteMutation.addNoise(&text, &random) }
    let value = random.pick(spans.values)
    switch random.below(12) {
    case 0...4: text.replaceSubrange(value, with: random.pick(literals))
    case 5: text.replaceSubrange(value, with: Array(text[random.pick(spans.values)]))
    case 6, 7: changeNumber(&text, spans.values, &random)
    case 8 where !spans.members.isEmpty:
      let member = random.pick(spans.members)
      text.insert(contentsOf: text[member] + [UInt8(ascii: ",")], at: member.lowerBound)
    case 9 where spans.members.count > 1:
      let other = Array(text[random.pick(spans.members)])
      text.replaceSubrange(random.pick(spans.members), with: other)
    case 10 where !spans.members.isEmpty: remove(random.pick(spans.members), &text)
    default: text.replaceSubrange(value, with: random.pick(literals))
    }
  }

  private static func changeNumber(
    _ text: inout [UInt8], _ values: [Range<Int>], _ random: inout FuzzRandom
  ) {
    let numbers = values.compactMap { range in
      Int(String(decoding: text[range], as: UTF8.self)).map { (range, $0) }
    }
    guard !numbers.isEmpty else { return }
    let (range, old) = random.pick(numbers)
    let new = ByteMutation.value(
      UInt64(bitPattern: Int64(old)), width: random.pick([1, 2, 4, 8]), size: 64, &random)
    text.replaceSubrange(range, with: Array("\(Int64(bitPattern: new))".utf8))
  }

  /// Takes a member away with one of the commas beside it.
  private static func remove(_ member: Range<Int>, _ text: inout [UInt8]) {
    var range = member
    func isBlank(_ at: Int) -> Bool { [32, 10, 13, 9].contains(text[at]) }
    var end = range.upperBound
    while end < text.count, isBlank(end) { end += 1 }
    var start = range.lowerBound
    while start > 0, isBlank(start - 1) { start -= 1 }
    if end < text.count, text[end] == UInt8(ascii: ",") {
      range = range.lowerBound..<(end + 1)
    } else if start > 0, text[start - 1] == UInt8(ascii: ",") {
      range = (start - 1)..<range.upperBound
    }
    text.removeSubrange(range)
  }

  /// Where the values of a text are, and the members of its objects and lists.
  private struct Spans {
    var values: [Range<Int>] = []
    var members: [Range<Int>] = []

    init(_ text: [UInt8]) {
      var open: [Int] = []
      var keys: [Int?] = [nil]
      var at = 0
      func end(_ start: Int, _ end: Int) {
        values.append(start..<end)
        members.append((keys[keys.count - 1] ?? start)..<end)
        keys[keys.count - 1] = nil
      }
      while at < text.count {
        let start = at
        switch text[at] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          open.append(at)
          keys.append(nil)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          guard let start = open.popLast() else { return }
          keys.removeLast()
          end(start, at + 1)
        case UInt8(ascii: "\""):
          at += 1
          while at < text.count, text[at] != UInt8(ascii: "\"") {
            at += text[at] == UInt8(ascii: "\\") ? 2 : 1
          }
          guard at < text.count else { return }
          var next = at + 1
          while next < text.count, text[next] <= 32 { next += 1 }
          if next < text.count, text[next] == UInt8(ascii: ":") {
            keys[keys.count - 1] = start
          } else {
            end(start, at + 1)
          }
        case UInt8(ascii: ","), UInt8(ascii: ":"), 0...32: break
        default:
          while at + 1 < text.count, !Self.stops.contains(text[at + 1]) { at += 1 }
          end(start, at + 1)
        }
        at += 1
      }
      // The outermost value is no member of anything.
      if !members.isEmpty { members.removeLast() }
    }

    private static let stops: Set<UInt8> = Set(Array(",:]}[{\" \n\r\t".utf8))
  }
}
