/// The JSON header of a safetensors file, read and checked against the size of the file.
struct SafetensorsHeader {
  /// Where one tensor lies: `range` counts from the first byte after the header.
  struct Entry: Equatable {
    var type: ElementType
    var shape: [Int]
    var range: Range<Int>
  }

  /// Headers of the largest published models have about a megabyte.
  static let limit = 16 << 20

  private(set) var entries: [String: Entry] = [:]
  /// Tensor names by their place in the file.
  private(set) var names: [String] = []
  private(set) var metadata: [String: String] = [:]

  /// - Parameters:
  ///   - json: the header's bytes.
  ///   - dataBytes: how many bytes follow the header.
  init(json: UnsafeRawBufferPointer, dataBytes: Int, path: String) throws {
    guard json.first == UInt8(ascii: "{") else {
      throw SafetensorsError.header(path: path, reason: "it does not begin with '{'")
    }
    var names: Set<String> = []
    for (name, value) in try SafetensorsHeader.members(json, path: path) {
      // Readers keep one of two; which one must not decide what is read.
      guard names.insert(name).inserted else {
        throw SafetensorsError.duplicateName(path: path, tensor: name)
      }
      do {
        if name == Safetensors.metadataKey {
          metadata = try RawEntry.texts(value)
        } else {
          let raw = try RawEntry(value)
          entries[name] = try SafetensorsHeader.check(raw, name, dataBytes: dataBytes, path: path)
        }
      } catch let failure as RawEntry.Failure {
        throw SafetensorsError.entry(path: path, tensor: name, reason: failure.reason)
      }
    }
    self.names = try SafetensorsHeader.checkLayout(entries, dataBytes: dataBytes, path: path)
  }

  private static func members(
    _ json: UnsafeRawBufferPointer, path: String
  ) throws -> [(String, JSONValue)] {
    do {
      return try JSONParser.members(json)
    } catch {
      throw SafetensorsError.header(path: path, reason: "it is not valid JSON")
    }
  }

  private static func check(
    _ raw: RawEntry, _ name: String, dataBytes: Int, path: String
  ) throws -> Entry {
    func refuse(_ reason: String) -> SafetensorsError {
      .entry(path: path, tensor: name, reason: reason)
    }
    guard let type = ElementType(rawValue: raw.dtype) else {
      throw SafetensorsError.elementType(path: path, tensor: name, found: raw.dtype)
    }
    let (shape, offsets) = (raw.shape, raw.offsets)
    guard offsets.count == 2 else {
      throw refuse("data_offsets should be two numbers, found \(offsets.count)")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin >= 0, begin <= end else {
      throw refuse("data_offsets [\(begin), \(end)] are not a range")
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw refuse("shape \(shape) has a negative size")
    }
    guard let needed = ByteCount.of(shape, elementSize: type.size) else {
      throw refuse("shape \(shape) is too large to be true")
    }
    guard needed == end - begin else {
      throw SafetensorsError.byteCount(
        path: path, tensor: name, needed: needed, found: end - begin)
    }
    guard end <= dataBytes else {
      throw SafetensorsError.outOfRange(
        path: path, tensor: name, end: end, available: dataBytes)
    }
    return Entry(type: type, shape: shape, range: begin..<end)
  }

  /// Every byte of the data must belong to exactly one tensor.
  private static func checkLayout(
    _ entries: [String: Entry], dataBytes: Int, path: String
  ) throws -> [String] {
    let ordered = entries.sorted { a, b in
      (a.value.range.lowerBound, a.value.range.upperBound, a.key)
        < (b.value.range.lowerBound, b.value.range.upperBound, b.key)
    }
    var position = 0
    var previous = ""
    for (name, entry) in ordered {
      if entry.range.lowerBound < position {
        throw SafetensorsError.overlap(path: path, tensor: name, other: previous)
      }
      if entry.range.lowerBound > position {
        throw SafetensorsError.gap(
          path: path, before: name, bytes: entry.range.lowerBound - position)
      }
      position = entry.range.upperBound
      previous = name
    }
    if position < dataBytes {
      throw SafetensorsError.gap(path: path, before: nil, bytes: dataBytes - position)
    }
    return ordered.map(\.key)
  }
}

/// An entry as the JSON has it, its numbers unchecked.
private struct RawEntry {
  struct Failure: Error { var reason: String }

  let dtype: String
  let shape: [Int]
  let offsets: [Int]

  init(_ value: JSONValue) throws(Failure) {
    guard case .object(let members) = value else {
      throw Failure(reason: "it should be an object, found \(value.kind)")
    }
    let type = try RawEntry.member("dtype", members)
    guard case .text(let text) = type else {
      throw Failure(reason: "'dtype' should be a text, found \(type.kind)")
    }
    dtype = text
    shape = try RawEntry.integers("shape", members)
    offsets = try RawEntry.integers("data_offsets", members)
  }

  private static func member(_ key: String, _ members: JSONMembers) throws(Failure) -> JSONValue {
    guard let value = members[key] else { throw Failure(reason: "it has no '\(key)'") }
    return value
  }

  private static func integers(_ key: String, _ members: JSONMembers) throws(Failure) -> [Int] {
    let value = try member(key, members)
    guard case .array(let values) = value else {
      throw Failure(reason: "'\(key)' should be a list of whole numbers, found \(value.kind)")
    }
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else {
        throw Failure(reason: "'\(key)' should have whole numbers, found \(value.kind)")
      }
      integers.append(integer)
    }
    return integers
  }

  /// The words beside the tensors; the library that wrote the format takes `null` for none.
  static func texts(_ value: JSONValue) throws(Failure) -> [String: String] {
    if value == .null { return [:] }
    guard case .object(let members) = value else {
      throw Failure(reason: "it should be an object, found \(value.kind)")
    }
    var texts: [String: String] = [:]
    for (key, value) in members {
      guard case .text(let text) = value else {
        throw Failure(reason: "'\(key.shown)' should be a text, found \(value.kind)")
      }
      texts[key] = text
    }
    return texts
  }
}

/// The size of a tensor, with the overflow that a file may provoke.
enum ByteCount {
  /// The bytes of `shape`, or `nil` when the number does not fit an `Int`.
  static func of(_ shape: [Int], elementSize: Int) -> Int? {
    var bytes = elementSize
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      bytes = product
    }
    return bytes
  }
}
