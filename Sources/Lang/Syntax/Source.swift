/// A piece of program text with its name: a script, a line at the prompt, an `-e` argument.
///
/// A byte-order mark is dropped and CRLF is tolerated, so that a file saved on another system
/// runs unchanged. Places in the text are UTF-8 offsets.
public final class Source: Sendable {
  /// What diagnostics call it: a file name, or a word such as `prompt`.
  public let name: String
  /// The text without its byte-order mark.
  public let text: String
  /// The same text as UTF-8, which is what the lexer walks over.
  let bytes: [UInt8]
  /// The offset of the first byte of each line.
  private let lineStarts: [Int]

  public init(name: String, text: String) {
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    self.name = name
    self.bytes = bytes
    self.text = bytes.count == text.utf8.count ? text : String(decoding: bytes, as: UTF8.self)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// The line that holds the byte at `offset`, counted from 1.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The column of the byte at `offset`, counted from 1 in characters as a reader sees them.
  public func column(at offset: Int) -> Int {
    let start = lineStarts[line(at: offset) - 1]
    return text(in: SourceRange(start, max(start, min(offset, bytes.count)))).count + 1
  }

  /// The bytes of a line without its line end.
  public func range(ofLine line: Int) -> SourceRange {
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return SourceRange(start, end)
  }

  /// The text between two offsets.
  public func text(in range: SourceRange) -> String {
    let start = min(max(range.start, 0), bytes.count)
    let end = min(max(range.end, start), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// Two UTF-8 offsets of one source, the end not included.
public struct SourceRange: Equatable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The range from the start of `self` to the end of `other`.
  public func through(_ other: SourceRange) -> SourceRange {
    SourceRange(start, max(end, other.end))
  }
}

/// A range in a particular source: the place a diagnostic points at.
public struct SourceLocation: Sendable {
  public let source: Source
  public let range: SourceRange

  public init(_ source: Source, _ range: SourceRange) {
    self.source = source
    self.range = range
  }

  /// `file:line:column`, as editors understand it.
  public var description: String {
    "\(source.name):\(source.line(at: range.start)):\(source.column(at: range.start))"
  }
}
