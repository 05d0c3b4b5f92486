/// Tensors on their way to a checkpoint, by key. What lies in the same memory is written once:
/// values of a frozen backbone that are on record as its original ones, say.
struct CheckpointItems {
  private struct Memory: Hashable {
    let start: UnsafeMutablePointer<Float>
    let shape: [Int]
  }

  private(set) var items: [Safetensors.Item] = []
  /// Keys that stand for the tensor of another.
  private(set) var aliases: [String: String] = [:]
  private var known: [Memory: String] = [:]

  mutating func add(_ key: String, _ tensor: Tensor) {
    let memory = Memory(start: tensor.pointer, shape: tensor.shape)
    if tensor.count > 0, let first = known[memory] {
      aliases[key] = first
    } else {
      known[memory] = key
      items.append(Safetensors.Item(key, tensor))
    }
  }

  mutating func add(_ key: String, _ values: Safetensors.Item.Content) {
    items.append(Safetensors.Item(key, values))
  }

  /// Texts, which may hold anything but zeros.
  mutating func add(_ key: String, texts: [String]) {
    items.append(Safetensors.Item(key, .bytes(texts.flatMap { Array($0.utf8) + [0] })))
  }
}

/// The tensors of a checkpoint by key, aliases among them.
struct CheckpointTensors: TensorSource {
  let file: Safetensors
  let aliases: [String: String]

  var path: String { file.path }
  var names: [String] { file.names + aliases.keys.sorted() }
  var metadata: [String: String] { file.metadata }

  private func stored(_ name: String) -> String { aliases[name] ?? name }

  func shape(of name: String) -> [Int]? { file.shape(of: stored(name)) }
  func elementType(of name: String) -> ElementType? { file.elementType(of: stored(name)) }
  func tensor(_ name: String) throws -> Tensor { try file.tensor(stored(name)) }
  func integers(_ name: String) throws -> [Int64] { try file.integers(stored(name)) }

  /// - Throws: as `Safetensors.elements`.
  func integers64(_ name: String) throws -> [Int64] {
    try file.elements(name, .int64, as: Int64.self)
  }

  /// - Throws: as `Safetensors.elements`.
  func doubles(_ name: String) throws -> [Double] {
    try file.elements(name, .float64, as: Double.self)
  }

  /// What `CheckpointItems.add(_:texts:)` wrote.
  /// - Throws: as `Safetensors.elements`, and `CheckpointError.damaged`.
  func texts(_ name: String) throws -> [String] {
    let bytes = try file.elements(name, .uint8, as: UInt8.self)
    guard bytes.last ?? 0 == 0 else { throw damaged("'\(name)' breaks off") }
    return try bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      guard let text = String(validating: $0, as: UTF8.self) else {
        throw damaged("'\(name)' holds text that is not UTF-8")
      }
      return text
    }
  }

  func damaged(_ reason: String) -> CheckpointError { .damaged(path: path, reason: reason) }
}
