import ASTKit
import Glibc
import Lang

/// A script's text, from a file or standard input.
enum ScriptFile {
  /// Reads `path`; `-` is standard input.
  static func read(_ path: String) throws(UsageError) -> Source {
    if path == "-" { return Source(name: "standard input", text: try text(of: 0, path: path)) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    return Source(name: path, text: try text(of: descriptor, path: path))
  }

  /// The names of the scripts in a folder.
  static func scripts(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".petl") { names.append(name) }
    }
    return names.sorted()
  }

  private static func text(of descriptor: Int32, path: String) throws(UsageError) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count > 0 {
        bytes.append(contentsOf: chunk[..<count])
      } else if errno != EINTR {
        throw unreadable(path, errno)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
    return text
  }

  private static func unreadable(_ path: String, _ code: Int32) -> UsageError {
    if code == EISDIR { return .isFolder(path: path) }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let there = code == ENOENT ? scripts(in: folder) : []
    let withSuffix = name + ".petl"
    let nearest =
      there.contains(withSuffix) ? withSuffix : NearestName.find(name, in: there)
    return .unreadableFile(
      path: path, reason: String(cString: strerror(code)).lowercased(),
      nearest: nearest.map { slash == nil ? $0 : folder + $0 })
  }
}
