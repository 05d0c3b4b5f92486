/// A safetensors file, memory-mapped: eight bytes of header length, a JSON header, the data.
///
/// Everything the header claims is checked against the file before any of it is used.
/// Format: <https://github.com/huggingface/safetensors>.
public final class Safetensors: TensorSource {
  /// The header's key for words beside the tensors.
  static let metadataKey = "__metadata__"

  let file: MappedFile
  private let header: SafetensorsHeader
  /// Where the data begins in the file.
  let dataStart: Int

  /// Opens and checks the file; no tensor is read yet.
  /// - Throws: `FileError`, `SafetensorsError`.
  public init(_ path: String) throws {
    let file = try MappedFile(path)
    self.file = file
    guard file.count >= 8 else {
      throw SafetensorsError.tooShort(path: path, bytes: file.count)
    }
    let claimed = file.integer(at: 0, as: UInt64.self)
    guard claimed <= UInt64(file.count - 8) else {
      throw SafetensorsError.headerLength(
        path: path, claimed: claimed, available: file.count - 8)
    }
    guard claimed <= UInt64(SafetensorsHeader.limit) else {
      throw SafetensorsError.headerTooLarge(
        path: path, claimed: claimed, limit: SafetensorsHeader.limit)
    }
    let start = 8 + Int(claimed)
    dataStart = start
    header = try file.reading {
      try SafetensorsHeader(
        json: file.slice(8..<start), dataBytes: file.count - start, path: path)
    }
  }

  public var path: String { file.path }
  public var names: [String] { header.names }
  public var metadata: [String: String] { header.metadata }
  public func shape(of name: String) -> [Int]? { header.entries[name]?.shape }
  public func elementType(of name: String) -> ElementType? { header.entries[name]?.type }

  /// Where a tensor lies and what it holds.
  func entry(_ name: String) -> SafetensorsHeader.Entry? { header.entries[name] }

  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = header.entries[name] else { throw noTensor(name) }
    return try StoredElements(
      file: file, offset: dataStart + entry.range.lowerBound, type: entry.type
    ).tensor(entry.shape)
  }

  public func integers(_ name: String) throws -> [Int64] {
    guard let entry = header.entries[name] else { throw noTensor(name) }
    return try StoredElements(
      file: file, offset: dataStart + entry.range.lowerBound, type: entry.type
    ).integers(entry.shape, name: name)
  }

  /// The elements of a tensor of one dimension, in the format in which the file has them.
  /// - Throws: `TensorSourceError.noTensor`, `SafetensorsError.entry` for another format or
  ///   number of dimensions, `FileError.changed`.
  func elements<T: BitwiseCopyable>(_ name: String, _ type: ElementType, as: T.Type) throws -> [T] {
    guard let entry = header.entries[name] else { throw noTensor(name) }
    guard entry.type == type, entry.shape.count == 1, type.size == MemoryLayout<T>.stride else {
      throw SafetensorsError.entry(
        path: path, tensor: name,
        reason: "it should have one dimension of \(type.rawValue), found \(entry.shape) of "
          + entry.type.rawValue)
    }
    let start = dataStart + entry.range.lowerBound
    return try file.reading {
      let bytes = file.slice(start..<(start + entry.range.count))
      return (0..<entry.shape[0]).map {
        bytes.loadUnaligned(fromByteOffset: $0 * type.size, as: T.self)
      }
    }
  }
}
