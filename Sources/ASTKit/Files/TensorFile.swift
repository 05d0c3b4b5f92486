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
    guard Disk.status(path)?.isFolder == true else { return try openFile(path) }
    for name in names where Disk.status("\(path)/\(name)") != nil {
      return try openFile("\(path)/\(name)")
    }
    let others = NeighbouringFiles.tensorFiles(in: path)
    throw FileError.unreadable(
      path: path,
      reason: "the folder has none of \(names.joined(separator: ", "))"
        + (others.isEmpty ? "" : "; give one of its files: \(others.shownList)"))
  }

  /// Opens one file by what it begins with; a name decides only between error messages.
  static func openFile(_ path: String) throws -> any TensorSource {
    if PathBytes.hasEnding(path, ".index.json") { return try ShardedTensors(path) }
    let start = try MappedFile(path).prefix(LegacyTorchFile.signatureLimit)
    let isTorch =
      start.starts(with: ZipDirectory.signature) || LegacyTorchFile.signatureLength(start) != nil
    let isPickle = [".bin", ".pth", ".pt", ".pkl", ".ckpt"].contains {
      PathBytes.hasEnding(path, $0)
    }
    let isSafetensors = start.count > 8 && start[8] == UInt8(ascii: "{")
    return isTorch || (isPickle && !isSafetensors) ? try TorchFile(path) : try Safetensors(path)
  }
}
