import FoundationEssentials

/// What lies in and about a path that turned out to be the wrong one.
public enum NeighbouringFiles {
  /// Endings of files of tensors.
  private static let endings = [".safetensors", ".bin", ".pth", ".pt", ".ckpt"]

  /// The folders directly in a folder, in the order of their numbers, as `checkpoint-90` before
  /// `checkpoint-100`; none when it cannot be read.
  static func folders(in path: String) -> [String] {
    names(in: path).map { "\(path)/\($0)" }.filter { isFolder($0) }
  }

  /// The names of the files of tensors directly in a folder.
  static func tensorFiles(in path: String) -> [String] {
    names(in: path).filter { name in
      endings.contains { PathBytes.hasEnding(name, $0) } && !isFolder("\(path)/\(name)")
    }
  }

  /// The path of the file or folder whose name is most like that of a path where nothing is; `nil`
  /// when none is like it.
  public static func nearest(_ path: String) -> String? {
    let folder = PathBytes.parent(of: path)
    return NearestName.find(PathBytes.lastComponent(of: path), in: names(in: folder)).map {
      folder == "." && !path.utf8.starts(with: "./".utf8) ? $0 : "\(folder)/\($0)"
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  private static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }
}
