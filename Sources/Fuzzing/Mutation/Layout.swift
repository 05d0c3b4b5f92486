/// Where a file's numbers are, and the parts it is made of: what a change should aim at.
package struct Layout: Sendable {
  /// A number in the file.
  package struct Field: Sendable {
    package var offset: Int
    /// 1 to 8 bytes.
    package var width: Int
    package var bigEndian: Bool
  }

  package var fields: [Field] = []
  /// Chunks, pages or records, in order.
  package var parts: [Range<Int>] = []

  package init() {}

  package mutating func add(_ offset: Int, _ width: Int, bigEndian: Bool = false) {
    fields.append(Field(offset: offset, width: width, bigEndian: bigEndian))
  }

  /// Numbers of a header of which only the place is known: every even byte may begin one.
  package mutating func addHeader(_ range: Range<Int>, bigEndian: Bool? = nil) {
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
      for order in bigEndian.map({ [$0] }) ?? [false, true] {
        add(offset, 2, bigEndian: order)
        if offset + 4 <= range.upperBound { add(offset, 4, bigEndian: order) }
      }
    }
  }
}

extension [UInt8] {
  /// The number at a place that must lie inside.
  package func number(at offset: Int, _ width: Int, bigEndian: Bool = false) -> UInt64 {
    var value: UInt64 = 0
    for i in 0..<width {
      value = value << 8 | UInt64(self[offset + (bigEndian ? i : width - 1 - i)])
    }
    return value
  }

  /// Puts a number at a place that must lie inside.
  package mutating func put(_ value: UInt64, at offset: Int, _ width: Int, bigEndian: Bool = false)
  {
    for i in 0..<width {
      self[offset + (bigEndian ? width - 1 - i : i)] = UInt8(truncatingIfNeeded: value >> (8 * i))
    }
  }

  package func holds(_ letters: String, at offset: Int) -> Bool {
    offset >= 0 && offset + letters.utf8.count <= count
      && self[offset...].starts(with: letters.utf8)
  }
}
