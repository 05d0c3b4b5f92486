import FoundationEssentials

/// Opens a file of tensors, or a model's folder, whatever its format.
public enum TensorFile {
  /// The files a model's folder may hold its tensors in, the first that exists counts.
  public static let names = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ]

  /// Opens `path`: a file, or a folder with one of `names`.
  /// - Throws: `FileError` when there is none, and the errors of the format.
  public static func open(_ path: String) throws -> any TensorSource {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
      return try openFile(path)
    }
    for name in names where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
      return try openFile("\(path)/\(name)")
    }
    throw FileError.unreadable(
      path: path, reason: "the folder has none of \(names.joined(separator: ", "))")
  }

  /// Opens one file by what it begins with; its name only tells an index apart.
  static func openFile(_ path: String) throws -> any TensorSource {
    if path.hasSuffix(".index.json") { return try ShardedTensors(path) }
    let start = try MappedFile(path)
    let isTorch = withExtendedLifetime(start) {
      start.bytes.starts(with: ZipDirectory.signature)
        || start.bytes.starts(with: LegacyTorchFile.signature)
        // A bare pickle, to be refused as one rather than as a bad header.
        || start.bytes.starts(with: [0x80])
          && [".bin", ".pth", ".pt"].contains { path.hasSuffix($0) }
    }
    return isTorch ? try TorchFile(path) : try Safetensors(path)
  }
}
