/// A table in a text file whose first row names the columns: RFC 4180, with `,`, `;` or tab
/// between fields.
struct CSVTable {
  /// What is wrong in a table, and where.
  struct Failure: Error, Equatable {
    /// From 1.
    var line: Int
    var column: String?
    var expected: String
    var found: String
  }

  /// A row, and the line of the file that it begins in.
  struct Row {
    let line: Int
    let fields: [String]
  }

  let columns: [String]
  let rows: [Row]

  /// - Parameters:
  ///   - bytes: UTF-8, with or without a byte-order mark; lines end in LF, CRLF or CR.
  ///   - separator: default: the one of the three that the first row has most of.
  /// - Throws: `Failure` for a quote that is never closed or stands in the middle, bytes that are no
  ///   UTF-8, and a row with another number of fields than the first.
  init(_ bytes: [UInt8], separator: UInt8? = nil) throws(Failure) {
    var reader = Reader(bytes, separator: separator ?? Self.separator(of: bytes))
    guard let first = try reader.next() else {
      throw Failure(line: 1, column: nil, expected: "the names of the columns", found: "nothing")
    }
    columns = first.fields
    var rows: [Row] = []
    while let row = try reader.next() {
      // A blank line is no row.
      if row.fields.count == 1, row.fields[0].isEmpty, columns.count > 1 { continue }
      guard row.fields.count == columns.count else {
        throw Failure(
          line: row.line, column: nil, expected: "\(columns.count) fields, as in the first line",
          found: "\(row.fields.count)")
      }
      rows.append(row)
    }
    self.rows = rows
  }

  /// The place of a column.
  /// - Throws: `Failure` with the columns there are.
  func place(of column: String) throws(Failure) -> Int {
    if let place = columns.firstIndex(of: column) { return place }
    throw Failure(
      line: 1, column: nil, expected: "a column '\(column)'",
      found: "only \(columns.map { "'\($0)'" }.joined(separator: ", "))")
  }

  private static func separator(of bytes: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:], isQuoted = false
    for byte in bytes {
      if byte == Reader.quote { isQuoted.toggle() }
      if !isQuoted, byte == Reader.lineFeed || byte == Reader.carriageReturn { break }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
  }

  /// Reads row after row.
  private struct Reader {
    static let quote = UInt8(ascii: "\""), lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private let separator: UInt8
    private var at = 0
    private var line = 1

    init(_ bytes: [UInt8], separator: UInt8) {
      self.bytes = bytes
      self.separator = separator
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    mutating func next() throws(Failure) -> Row? {
      guard at < bytes.count else { return nil }
      let first = line
      var fields: [String] = []
      while true {
        fields.append(try field())
        guard at < bytes.count else { break }
        let byte = bytes[at]
        at += 1
        if byte == separator { continue }
        if byte == Self.carriageReturn, at < bytes.count, bytes[at] == Self.lineFeed { at += 1 }
        line += 1
        break
      }
      return Row(line: first, fields: fields)
    }

    /// A field; what ends it is next.
    private mutating func field() throws(Failure) -> String {
      guard at < bytes.count, bytes[at] == Self.quote else {
        let start = at
        while at < bytes.count, !isEnd(bytes[at]) { at += 1 }
        return try text(bytes[start..<at])
      }
      let opening = line
      var content: [UInt8] = []
      at += 1
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        if byte == Self.quote {
          guard at < bytes.count, bytes[at] == Self.quote else {
            guard at == bytes.count || isEnd(bytes[at]) else {
              throw Failure(
                line: line, column: nil, expected: "a separator behind the closing quote",
                found: "more text")
            }
            return try text(content[...])
          }
          at += 1
        } else if byte == Self.lineFeed {
          line += 1
        }
        content.append(byte)
      }
      throw Failure(
        line: opening, column: nil, expected: "a closing quote", found: "the end of the file")
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(line: line, column: nil, expected: "UTF-8 text", found: "other bytes")
      }
      return text
    }
  }
}
