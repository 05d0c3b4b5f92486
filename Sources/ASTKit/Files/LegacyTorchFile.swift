/// The format of `torch.save` before PyTorch 1.6: pickles of a magic number, a version, the
/// machine, the value and the order of the storages, then each storage's length and bytes.
enum LegacyTorchFile {
  /// The magic number and the end of its pickle.
  private static let magic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  /// Bytes of the longest pickle of the magic number.
  static let signatureLimit = 24

  /// How long the pickle of the magic number is that a file begins with; `nil` when it begins
  /// with something else. It states a version of the pickle language, 2 unless somebody asked
  /// for another, and from the fourth on its own length.
  static func signatureLength(_ start: some Sequence<UInt8>) -> Int? {
    let bytes = Array(start.prefix(signatureLimit))
    guard bytes.count >= 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) else { return nil }
    for header in bytes[1] < 4 ? [2] : [2, 11] {
      let isFramed = header == 2 || (bytes.count > 2 && bytes[2] == 0x95)
      if isFramed, bytes.dropFirst(header).starts(with: magic) { return header + magic.count }
    }
    return nil
  }

  /// - Parameter position: where the pickle of the version begins.
  /// - Throws: `PickleError`, `TorchFileError`.
  static func read(
    _ file: MappedFile, from position: Int
  ) throws -> (StateDictionary, [String: Range<Int>]) {
    var unpickler = Unpickler(
      path: file.path, bytes: file.slice(0..<file.count), position: position)
    guard try unpickler.run() == .integer(1001) else {
      throw TorchFileError.archive(path: file.path, reason: "its version is not 1001")
    }
    try checkMachine(unpickler.run(), unpickler.heap, file)
    let value = try unpickler.run()
    let order = try unpickler.run()
    let state = try StateDictionary(value, in: unpickler.heap, path: file.path)
    let storages = try locate(order, unpickler, file)
    return (state, storages)
  }

  private static func checkMachine(
    _ value: PickleValue, _ heap: PickleHeap, _ file: MappedFile
  ) throws {
    guard case .dictionary(let index) = value else {
      throw TorchFileError.archive(path: file.path, reason: "it does not describe its machine")
    }
    let isBig = heap.dictionaries[index].contains {
      $0.key == .text("little_endian") && $0.value == .bool(false)
    }
    if isBig { throw TorchFileError.bigEndian(path: file.path) }
  }

  /// Walks over the storages that follow the pickles, in their stated order.
  private static func locate(
    _ order: PickleValue, _ unpickler: Unpickler, _ file: MappedFile
  ) throws -> [String: Range<Int>] {
    guard case .list(let index) = order else {
      throw TorchFileError.archive(path: file.path, reason: "it does not list its storages")
    }
    var types: [String: ElementType] = [:]
    for storage in unpickler.heap.storages { types[storage.key] = storage.type }
    var result: [String: Range<Int>] = [:]
    var position = unpickler.position
    for value in unpickler.heap.sequences[index] {
      guard case .text(let key) = value, let type = types[key] else {
        throw TorchFileError.archive(path: file.path, reason: "its list of storages is wrong")
      }
      guard file.count - position >= 8 else {
        throw TorchFileError.archive(path: file.path, reason: "it is cut short")
      }
      let count = file.integer(at: position, as: Int64.self)
      position += 8
      guard count >= 0, let bytes = ByteCount.of([Int(count)], elementSize: type.size),
        bytes <= file.count - position
      else { throw TorchFileError.archive(path: file.path, reason: "it is cut short") }
      result[key] = position..<(position + bytes)
      position += bytes
    }
    return result
  }
}
