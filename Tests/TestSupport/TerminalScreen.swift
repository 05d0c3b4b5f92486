/// What a terminal would show for a program's output: enough of a VT100 for a line editor.
///
/// Lines are never scrolled away, so the screen is the whole session from its first line.
public struct TerminalScreen {
  public let columns: Int
  private var lines: [[Character]] = [[]]
  private var row = 0
  private var column = 0
  /// Bytes of a character or an escape sequence that has not arrived in full.
  private var rest: [UInt8] = []

  public init(columns: Int) { self.columns = columns }

  /// The lines from the top.
  public var text: String { lines.map { String($0) }.joined(separator: "\n") }

  /// The line that holds the cursor.
  public var currentLine: String { String(lines[row]) }

  public mutating func feed(_ bytes: [UInt8]) {
    rest += bytes
    var position = 0
    while position < rest.count, let used = step(rest[position...]) { position += used }
    rest.removeFirst(position)
  }

  /// Takes one character or escape sequence; the bytes used, `nil` when more must come.
  private mutating func step(_ input: ArraySlice<UInt8>) -> Int? {
    guard let first = input.first else { return nil }
    switch first {
    case 0x1B: return escape(input)
    case 0x0D: column = 0
    case 0x0A: moveDown()
    case 0x08: column = max(0, column - 1)
    case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
    case 0..<0x20, 0x7F: break
    default: return character(input)
    }
    return 1
  }

  private mutating func character(_ input: ArraySlice<UInt8>) -> Int? {
    let length =
      switch input[input.startIndex] {
      case 0xF0...: 4
      case 0xE0...: 3
      case 0xC0...: 2
      default: 1
      }
    guard input.count >= length else { return nil }
    for character in String(decoding: input.prefix(length), as: UTF8.self) { put(character) }
    return length
  }

  private mutating func escape(_ input: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(input)
    guard bytes.count >= 2 else { return nil }
    if bytes[1] == UInt8(ascii: "]") {
      guard let end = bytes.firstIndex(of: 0x07) else { return nil }
      return end + 1
    }
    guard bytes[1] == UInt8(ascii: "[") else { return 2 }
    guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return nil
    }
    let text = String(decoding: bytes[2..<end], as: UTF8.self)
    let number = Int(text.prefix { $0 != ";" })
    control(Character(Unicode.Scalar(bytes[end])), number)
    return end + 1
  }

  private mutating func control(_ command: Character, _ number: Int?) {
    let count = max(1, number ?? 1)
    switch command {
    case "A": row = max(0, row - count)
    case "B": for _ in 0..<count { moveDown() }
    case "C": column = min(columns - 1, column + count)
    case "D": column = max(0, column - count)
    case "G": column = min(columns, count) - 1
    case "H": column = 0
    case "K": eraseInLine(number ?? 0)
    case "J":
      eraseInLine(number ?? 0)
      if row + 1 < lines.count { lines.removeSubrange((row + 1)...) }
    case "P":
      let end = min(lines[row].count, column + count)
      if column < end { lines[row].removeSubrange(column..<end) }
    case "@":
      pad(to: column)
      lines[row].insert(contentsOf: repeatElement(" ", count: count), at: column)
    default: break
    }
  }

  private mutating func put(_ character: Character) {
    if column >= columns {
      column = 0
      moveDown()
    }
    pad(to: column + 1)
    lines[row][column] = character
    column += 1
  }

  private mutating func pad(to count: Int) {
    while lines[row].count < count { lines[row].append(" ") }
  }

  private mutating func moveDown() {
    row += 1
    if row == lines.count { lines.append([]) }
  }

  private mutating func eraseInLine(_ mode: Int) {
    switch mode {
    case 0: lines[row] = Array(lines[row].prefix(column))
    case 1: for index in 0..<min(column + 1, lines[row].count) { lines[row][index] = " " }
    default: lines[row] = []
    }
  }
}
