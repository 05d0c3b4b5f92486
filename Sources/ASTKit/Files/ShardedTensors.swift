/// A model split over several files by an index such as `model.safetensors.index.json`:
/// `{"weight_map": {"name": "model-00001-of-00002.safetensors", …}}`.
public final class ShardedTensors: TensorSource {
  public let path: String
  public let names: [String]
  public let metadata: [String: String]
  private let sources: [String: any TensorSource]

  /// Opens the index and every file it names.
  /// - Throws: `ShardedTensorsError`, `FileError`, and the errors of the files themselves.
  public init(_ path: String) throws {
    self.path = path
    let map = try JSONFile.read(path).object("weight_map").values
    guard !map.isEmpty else { throw ShardedTensorsError.empty(path: path) }
    let folder = PathBytes.parent(of: path)
    var shards: [String: any TensorSource] = [:]
    var sources: [String: any TensorSource] = [:]
    for (name, value) in map.sorted(by: { $0.key < $1.key }) {
      guard case .text(let file) = value, Self.isBeside(file) else {
        throw ShardedTensorsError.fileName(path: path, tensor: name, found: value.kind)
      }
      let shard = try shards[file] ?? TensorFile.openFile("\(folder)/\(file)")
      shards[file] = shard
      guard shard.shape(of: name) != nil else {
        throw ShardedTensorsError.notInShard(path: path, tensor: name, shard: file)
      }
      sources[name] = shard
    }
    for (file, shard) in shards.sorted(by: { $0.key < $1.key }) {
      for name in shard.names where map[name] != .text(file) {
        guard let listed = sources[name] else {
          throw ShardedTensorsError.unlisted(path: path, tensor: name, shard: file)
        }
        // Readers that load whole files would take one or the other.
        guard try listed.tensor(name).hasSameBytes(as: shard.tensor(name)) else {
          throw ShardedTensorsError.repeated(path: path, tensor: name, shard: file)
        }
      }
    }
    names = shards.sorted { $0.key < $1.key }.flatMap { file, shard in
      shard.names.filter { map[$0] == .text(file) }
    }
    metadata = shards.min { $0.key < $1.key }?.value.metadata ?? [:]
    self.sources = sources
  }

  /// Whether a name is that of a file in the index's folder, and none that could be an index
  /// and lead back to this one.
  private static func isBeside(_ file: String) -> Bool {
    !PathBytes.hasSlash(file) && !["", ".", ".."].contains(file) && !file.utf8.contains(0)
      && !PathBytes.hasEnding(file, ".index.json")
  }

  public func shape(of name: String) -> [Int]? { sources[name]?.shape(of: name) }
  public func elementType(of name: String) -> ElementType? {
    sources[name]?.elementType(of: name)
  }

  public func tensor(_ name: String) throws -> Tensor {
    guard let source = sources[name] else { throw noTensor(name) }
    return try source.tensor(name)
  }

  public func integers(_ name: String) throws -> [Int64] {
    guard let source = sources[name] else { throw noTensor(name) }
    return try source.integers(name)
  }
}

/// Where an index and the files it names contradict each other.
public enum ShardedTensorsError: DescribedError, Equatable {
  /// The index names no tensor.
  case empty(path: String)
  /// A tensor's file is not the plain name of a file beside the index.
  case fileName(path: String, tensor: String, found: String)
  /// The file that should have the tensor does not.
  case notInShard(path: String, tensor: String, shard: String)
  /// A file has a tensor that the index does not place there.
  case unlisted(path: String, tensor: String, shard: String)
  /// A file has another value of a tensor than the file that the index names.
  case repeated(path: String, tensor: String, shard: String)
}

extension ShardedTensorsError {
  public var message: String {
    switch self {
    case .empty(let path): "'\(path)' names no tensor"
    case .fileName(let path, let tensor, let found):
      "'\(path)': tensor '\(tensor.shown)' should be in a file beside the index, found \(found)"
    case .notInShard(let path, let tensor, let shard):
      "'\(path)' places tensor '\(tensor.shown)' in '\(shard.shown)', which does not have it"
    case .unlisted(let path, let tensor, let shard):
      "'\(shard.shown)' has tensor '\(tensor.shown)', which '\(path)' does not place there"
    case .repeated(let path, let tensor, let shard):
      "'\(shard.shown)' has another tensor '\(tensor.shown)' than the file that '\(path)' names"
    }
  }
}
