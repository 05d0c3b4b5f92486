import FoundationEssentials

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
    let raw = try SafetensorsHeader.decode(json, path: path)
    metadata = raw.metadata
    for (name, entry) in raw.entries {
      entries[name] = try SafetensorsHeader.check(entry, name, dataBytes: dataBytes, path: path)
    }
    names = try SafetensorsHeader.checkLayout(entries, dataBytes: dataBytes, path: path)
  }

  private static func decode(
    _ json: UnsafeRawBufferPointer, path: String
  ) throws -> RawHeader {
    let raw: RawHeader
    do {
      raw = try JSONDecoder().decode(RawHeader.self, from: Data(json))
    } catch let failure as RawHeader.EntryFailure {
      throw SafetensorsError.entry(path: path, tensor: failure.tensor, reason: failure.reason)
    } catch let error as DecodingError {
      throw SafetensorsError.header(path: path, reason: JSONFailure(error).reason)
    }
    // The decoder keeps one of two equal keys; which one must not decide what is read.
    if let name = JSONKeys.firstDuplicate(json) {
      throw SafetensorsError.duplicateName(path: path, tensor: name)
    }
    return raw
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
    guard let shape = whole(raw.shape), let offsets = whole(raw.offsets) else {
      throw refuse("a size or an offset is not a whole number")
    }
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

  /// The numbers as integers, or `nil` if one is a fraction or too large to be exact.
  private static func whole(_ numbers: [Double]) -> [Int]? {
    var result: [Int] = []
    for number in numbers {
      guard abs(number) <= 0x1p62, let integer = Int(exactly: number) else { return nil }
      result.append(integer)
    }
    return result
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

/// An entry as the JSON has it, unchecked. Doubles, because the decoder calls a number that
/// does not fit an integer a fault of the whole text.
private struct RawEntry: Decodable {
  var dtype: String
  var shape: [Double]
  var offsets: [Double]

  enum CodingKeys: String, CodingKey {
    case dtype, shape
    case offsets = "data_offsets"
  }
}

private struct RawHeader: Decodable {
  var entries: [String: RawEntry] = [:]
  var metadata: [String: String] = [:]

  /// What is wrong inside one entry; the decoder's own error does not always know which.
  struct EntryFailure: Error {
    var tensor: String
    var reason: String
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      do {
        if key.stringValue == Safetensors.metadataKey {
          // The library that wrote the format takes `null` for none.
          metadata = try container.decodeIfPresent([String: String].self, forKey: key) ?? [:]
        } else {
          entries[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
        }
      } catch let error as DecodingError {
        throw EntryFailure(tensor: key.stringValue, reason: JSONFailure(error).reason)
      }
    }
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
