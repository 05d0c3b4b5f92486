/// Finds a text in others, byte by byte, in a time that grows with their length alone (Knuth,
/// Morris and Pratt, 1977): "aaa…ab" in "aaa…" would otherwise take hours.
struct ByteSearch {
  private let part: [UInt8]
  /// How much of the part's start also ends its first n + 1 bytes, less than all of them.
  private let overlaps: [Int]

  /// The part must not be empty.
  init(_ part: String) {
    let part = Array(part.utf8)
    var overlaps = [Int](repeating: 0, count: part.count)
    var matched = 0
    for position in part.indices.dropFirst() {
      while matched > 0, part[position] != part[matched] { matched = overlaps[matched - 1] }
      if part[position] == part[matched] { matched += 1 }
      overlaps[position] = matched
    }
    self.part = part
    self.overlaps = overlaps
  }

  var count: Int { part.count }

  /// Where the part first stands at or after `start`.
  func first(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
    part.withUnsafeBufferPointer { part in
      var matched = 0
      for position in start..<bytes.count {
        let byte = bytes[position]
        while matched > 0, byte != part[matched] { matched = overlaps[matched - 1] }
        if byte == part[matched] { matched += 1 }
        if matched == part.count { return position + 1 - matched }
      }
      return nil
    }
  }
}

extension String {
  /// The first place where `part` stands; nowhere, if it is empty. A match cannot begin inside
  /// the bytes of a letter, because no other letter's bytes begin like those that follow.
  func firstRange(of part: String) -> Range<Index>? {
    guard !part.isEmpty else { return nil }
    let search = ByteSearch(part)
    guard let found = Array(utf8).withUnsafeBytes({ search.first(in: $0) }) else { return nil }
    let start = utf8.index(utf8.startIndex, offsetBy: found)
    return start..<utf8.index(start, offsetBy: search.count)
  }
}
