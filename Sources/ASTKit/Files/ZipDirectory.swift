/// The table of contents of a zip archive whose records are stored as they are, as
/// `torch.save` writes them. Every number in it is checked against the file.
///
/// Format: PKWARE's APPNOTE 6.3, with the zip64 extension.
package struct ZipDirectory {
  /// The bytes of each record in the file, by name.
  package private(set) var records: [String: Range<Int>] = [:]

  /// The first bytes of an archive with at least one record.
  static let signature: [UInt8] = [0x50, 0x4B, 3, 4]

  private let file: MappedFile

  /// - Throws: `TorchFileError.archive` or `.compressed`.
  package init(_ file: MappedFile) throws(TorchFileError) {
    self.file = file
    let directory = try locate()
    var position = directory.range.lowerBound
    for _ in 0..<directory.count {
      position = try readEntry(at: position, end: directory.range.upperBound)
    }
  }

  private func fail(_ reason: String) -> TorchFileError {
    .archive(path: file.path, reason: reason)
  }

  /// Checks that `count` bytes lie at `offset`.
  private func require(_ count: Int, at offset: Int) throws(TorchFileError) {
    guard offset >= 0, count >= 0, offset <= file.count, count <= file.count - offset else {
      throw fail("it is cut short")
    }
  }

  private func number<T: FixedWidthInteger>(
    _ type: T.Type, at offset: Int
  ) throws(TorchFileError) -> Int {
    try require(T.bitWidth / 8, at: offset)
    guard let value = Int(exactly: file.integer(at: offset, as: type)) else {
      throw fail("it claims an impossible size")
    }
    return value
  }

  /// Finds the directory through the record at the end of the file.
  private func locate() throws(TorchFileError) -> (range: Range<Int>, count: Int) {
    let size = 22
    var end = file.count - size
    // A comment of at most 65,535 bytes may follow.
    let lowest = max(0, end - 65_535)
    while end >= lowest, file.integer(at: end, as: UInt32.self) != 0x0605_4b50 { end -= 1 }
    guard end >= lowest else { throw fail("it has no directory") }

    var count = try number(UInt16.self, at: end + 10)
    var bytes = try number(UInt32.self, at: end + 12)
    var offset = try number(UInt32.self, at: end + 16)
    let locator = end - 20
    if locator >= 0, file.integer(at: locator, as: UInt32.self) == 0x0706_4b50 {
      let record = try number(UInt64.self, at: locator + 8)
      try require(56, at: record)
      guard file.integer(at: record, as: UInt32.self) == 0x0606_4b50 else {
        throw fail("its zip64 directory is missing")
      }
      count = try number(UInt64.self, at: record + 32)
      bytes = try number(UInt64.self, at: record + 40)
      offset = try number(UInt64.self, at: record + 48)
    }
    try require(bytes, at: offset)
    guard count <= bytes / 46 else { throw fail("it claims \(count) records") }
    return (offset..<(offset + bytes), count)
  }

  /// Reads one entry and returns where the next one begins.
  private mutating func readEntry(at position: Int, end: Int) throws(TorchFileError) -> Int {
    guard end - position >= 46, file.integer(at: position, as: UInt32.self) == 0x0201_4b50 else {
      throw fail("its directory is damaged")
    }
    let flags = try number(UInt16.self, at: position + 8)
    let method = try number(UInt16.self, at: position + 10)
    let nameBytes = try number(UInt16.self, at: position + 28)
    let extraBytes = try number(UInt16.self, at: position + 30)
    let commentBytes = try number(UInt16.self, at: position + 32)
    let next = position + 46 + nameBytes + extraBytes + commentBytes
    guard next <= end else { throw fail("its directory is damaged") }
    let nameStart = position + 46
    guard
      let name = String(
        validating: file.slice(nameStart..<(nameStart + nameBytes)), as: UTF8.self)
    else { throw fail("a record's name is not UTF-8") }

    var sizes = Sizes(
      plain: try number(UInt32.self, at: position + 24),
      stored: try number(UInt32.self, at: position + 20),
      offset: try number(UInt32.self, at: position + 42))
    let extraStart = nameStart + nameBytes
    try widen(&sizes, extra: extraStart..<(extraStart + extraBytes))
    guard flags & 1 == 0, method == 0, sizes.plain == sizes.stored else {
      throw .compressed(path: file.path, record: name)
    }

    // The record's own header repeats the name and may be padded differently.
    try require(30, at: sizes.offset)
    guard file.integer(at: sizes.offset, as: UInt32.self) == 0x0403_4b50 else {
      throw fail("record '\(name.shown)' is not where the directory says")
    }
    let localName = try number(UInt16.self, at: sizes.offset + 26)
    let localExtra = try number(UInt16.self, at: sizes.offset + 28)
    let start = sizes.offset + 30 + localName + localExtra
    try require(sizes.plain, at: start)
    guard records.updateValue(start..<(start + sizes.plain), forKey: name) == nil else {
      throw fail("it has record '\(name.shown)' twice")
    }
    return next
  }

  private struct Sizes {
    var plain: Int
    var stored: Int
    var offset: Int
  }

  /// Takes the numbers that do not fit 32 bits from the zip64 field, in their fixed order.
  private func widen(_ sizes: inout Sizes, extra: Range<Int>) throws(TorchFileError) {
    let full = Int(UInt32.max)
    guard sizes.plain == full || sizes.stored == full || sizes.offset == full else { return }
    var position = extra.lowerBound
    while extra.upperBound - position >= 4 {
      let kind = try number(UInt16.self, at: position)
      let length = try number(UInt16.self, at: position + 2)
      var field = position + 4
      position = field + length
      guard kind == 1 else { continue }
      guard position <= extra.upperBound else { break }
      for part in [\Sizes.plain, \Sizes.stored, \Sizes.offset] where sizes[keyPath: part] == full {
        guard field + 8 <= position else { throw fail("a record's size is missing") }
        sizes[keyPath: part] = try number(UInt64.self, at: field)
        field += 8
      }
      return
    }
    throw fail("a record's size is missing")
  }
}
