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
      /// Stored as F64; the product of `shape` is the number of values.
      case doubles([Double], shape: [Int])
      /// Stored as U8, such as text.
      case bytes([UInt8])
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

    init(_ name: String, _ content: Content) { (self.name, self.content) = (name, content) }
  }

  /// Writes a file that appears whole or not at all. The same items and metadata give the
  /// same bytes: keys are sorted, and the widest elements come first (readers need their
  /// alignment), otherwise in the order given.
  /// - Throws: `FileError`, `.changed` for one that a tensor's values come from among them,
  ///   `SafetensorsError.duplicateName`, `.name`, or `.byteCount` when
  ///   integers do not fit their shape.
  public static func write(
    _ items: [Item], metadata: [String: String] = [:], to path: String
  ) throws {
    try AtomicFile.write(path, contents(items, metadata: metadata, path: path))
  }

  /// What `write` writes, to be sent to a file; what is wrong with it is told at once.
  ///
  /// - Parameters:
  ///   - isSealed: adds a checksum of the whole file, see `requireSeal`.
  ///   - path: the file, for messages.
  ///   - progress: told (done, total) bytes of the elements; what it throws ends the writing.
  static func contents(
    _ items: [Item], metadata: [String: String], isSealed: Bool = false, path: String,
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> (FileSink) throws -> Void {
    let ordered = [8, 4, 1].flatMap { size in items.filter { $0.type.size == size } }
    let metadata = isSealed ? metadata.merging([sealKey: noSeal]) { $1 } : metadata
    var header = try encodeHeader(ordered, metadata: metadata, path: path)
    if isSealed { seal(&header, of: ordered) }
    let total = ordered.reduce(0) { $0 + $1.byteCount }
    return { [header] sink in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      var done = 0
      for item in ordered {
        let written = Result { try item.withBytes { try sink.write($0) } }
        // First, as pages that a file no longer has are an error to the system too.
        if case .floats(let tensor) = item.content {
          try tensor.storage.owner?.requireUnchanged()
        }
        try written.get()
        done += item.byteCount
        try progress(done, total)
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
      let needed = item.shape.reduce(1, *) * item.type.size
      if item.byteCount != needed {
        throw SafetensorsError.byteCount(
          path: path, tensor: item.name, needed: needed, found: item.byteCount)
      }
      let entry = HeaderValue.entry(
        .init(
          dtype: item.type.rawValue, shape: item.shape, offsets: [position, position + needed]))
      guard entries.updateValue(entry, forKey: item.name) == nil else {
        throw SafetensorsError.duplicateName(path: path, tensor: item.name)
      }
      position += needed
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes = Array(try encoder.encode(entries))
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    // Nobody could read it back.
    guard bytes.count <= SafetensorsHeader.limit else {
      throw SafetensorsError.headerTooLarge(
        path: path, claimed: UInt64(bytes.count), limit: SafetensorsHeader.limit)
    }
    return bytes
  }
}

extension Safetensors.Item {
  var type: ElementType {
    switch content {
    case .floats: .float32
    case .integers: .int64
    case .doubles: .float64
    case .bytes: .uint8
    }
  }

  var shape: [Int] {
    switch content {
    case .floats(let tensor): tensor.shape
    case .integers(_, let shape), .doubles(_, let shape): shape
    case .bytes(let bytes): [bytes.count]
    }
  }

  var byteCount: Int {
    switch content {
    case .floats(let tensor): tensor.count * type.size
    case .integers(let values, _): values.count * type.size
    case .doubles(let values, _): values.count * type.size
    case .bytes(let bytes): bytes.count
    }
  }

  /// The elements as the file has them.
  func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    switch content {
    case .floats(let tensor): try body(UnsafeRawBufferPointer(tensor.elements))
    case .integers(let values, _): try values.withUnsafeBytes(body)
    case .doubles(let values, _): try values.withUnsafeBytes(body)
    case .bytes(let bytes): try bytes.withUnsafeBytes(body)
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
