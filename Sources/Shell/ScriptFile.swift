import ASTKit
import Glibc
import Lang

/// A script's text, from a file or standard input.
enum ScriptFile {
  /// Reads `path`; `-` is standard input.
  static func read(_ path: String) throws(UsageError) -> Source {
    if path.isEmpty { throw .emptyName }
    do {
      if path == "-" {
        let text = try TextFile.read(0, called: "standard input") { Interrupts.isPending }
        return Source(name: "standard input", text: text)
      }
      return Source(name: path, text: try TextFile.read(path) { Interrupts.isPending })
    } catch {
      throw usageError(error)
    }
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
      if name.hasSuffix(suffix) { names.append(name) }
    }
    return names.sorted()
  }

  /// The script in a folder that a name most likely means. The ending is no part of the
  /// comparison: it makes any two short names look alike.
  static func nearest(to name: String, in folder: String) -> String? {
    let stems = scripts(in: folder).map { $0.dropLast(suffix.count) }.map(String.init)
    let stem = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    let found = stems.contains(stem) ? stem : NearestName.find(stem, in: stems)
    return found.map { $0 + suffix }
  }

  private static let suffix = ".petl"

  private static func usageError(_ error: TextFileError) -> UsageError {
    guard case .system(let path, let code) = error else { return .unreadableScript(error) }
    if code == EISDIR { return .isFolder(path: path) }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(Substring(path.utf8[...$0])) } ?? "."
    let name = PathBytes.lastComponent(of: path)
    let nearest = code == ENOENT ? nearest(to: name, in: folder) : nil
    return .unreadableFile(
      path: path, reason: String(cString: strerror(code)).lowercased(),
      nearest: nearest.map { slash == nil ? $0 : folder + $0 })
  }
}
