import FoundationEssentials

extension Safetensors {
  /// One tensor to be written.
  public struct Item {
    /// What the tensor holds, and so how the file stores it.
    public enum Content {
      /// Stored as F32.
      case floats(Tensor)
      /// Stored as I64; the product of `shape` is the number of values.
      case integers([Int64], shape: [Int])
    }
    public var name: String
    public var content: Content

    /// A tensor of 32-bit floats.
    public init(_ name: String, _ tensor: Tensor) {
      self.name = name
      content = .floats(tensor)
    }

    /// A tensor of whole numbers; `[]` is the shape of a single one.
    public init(_ name: String, integers: [Int64], shape: [Int]) {
      self.name = name
      content = .integers(integers, shape: shape)
    }
  }

  /// Writes a file that appears whole or not at all. The same items and metadata give the
  /// same bytes: keys are sorted, integers come first (readers need their alignment), then
  /// the floats, each in the order given.
  /// - Throws: `FileError`, `.changed` for one that a tensor's values come from among them,
  ///   `SafetensorsError.duplicateName`, `.name`, or `.byteCount` when
  ///   integers do not fit their shape.
  public static func write(
    _ items: [Item], metadata: [String: String] = [:], to path: String
  ) throws {
    let ordered = items.filter { $0.size == 8 } + items.filter { $0.size != 8 }
    let header = try encodeHeader(ordered, metadata: metadata, path: path)
    try AtomicFile.write(path) { sink in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      for item in ordered {
        switch item.content {
        case .floats(let tensor):
          let written = Result { try sink.write(UnsafeRawBufferPointer(tensor.elements)) }
          // First, as pages that a file no longer has are an error to the system too.
          try tensor.storage.owner?.requireUnchanged()
          try written.get()
        case .integers(let values, _):
          try values.withUnsafeBytes { try sink.write($0) }
        }
      }
    }
  }

  private static func encodeHeader(
    _ items: [Item], metadata: [String: String], path: String
  ) throws -> [UInt8] {
    var entries: [String: HeaderValue] = [:]
    if !metadata.isEmpty { entries[metadataKey] = .metadata(metadata) }
    var position = 0
    for item in items {
      guard item.name != metadataKey else {
        throw SafetensorsError.name(path: path, tensor: item.name)
      }
      let count = item.shape.reduce(1, *)
      if case .integers(let values, _) = item.content, values.count != count {
        throw SafetensorsError.byteCount(
          path: path, tensor: item.name, needed: count * 8, found: values.count * 8)
      }
      let entry = HeaderValue.entry(
        .init(
          dtype: item.size == 8 ? ElementType.int64.rawValue : ElementType.float32.rawValue,
          shape: item.shape, offsets: [position, position + count * item.size]))
      guard entries.updateValue(entry, forKey: item.name) == nil else {
        throw SafetensorsError.duplicateName(path: path, tensor: item.name)
      }
      position += count * item.size
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes = Array(try encoder.encode(entries))
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }
}

extension Safetensors.Item {
  fileprivate var size: Int {
    if case .integers = content { return 8 }
    return 4
  }

  fileprivate var shape: [Int] {
    switch content {
    case .floats(let tensor): tensor.shape
    case .integers(_, let shape): shape
    }
  }
}

private enum HeaderValue: Encodable {
  struct Entry: Encodable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }
  case metadata([String: String])
  case entry(Entry)

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .metadata(let words): try container.encode(words)
    case .entry(let entry): try container.encode(entry)
    }
  }
}
