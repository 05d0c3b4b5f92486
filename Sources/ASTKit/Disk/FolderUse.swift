import Glibc

/// Whether a folder may get another identity under the same name.
enum FolderUse {
  /// Whether no process works in the folder (it would be left in a removed one), and it is no
  /// mount point and has none in it. False also when that cannot be told.
  /// - Parameter path: without links.
  static func isFree(_ path: String) -> Bool {
    guard path != "/", let mounts = mountPoints(), let folders = currentFolders() else {
      return false
    }
    let own = Array(path.utf8)
    return (mounts + folders).allSatisfy { other in
      !(other.starts(with: own) && (other.count == own.count || other[own.count] == slash))
    }
  }

  private static let slash = UInt8(ascii: "/")

  /// The fifth word of each line, in which `\040` and the like stand for spaces.
  private static func mountPoints() -> [[UInt8]]? {
    guard let bytes = contents("/proc/self/mountinfo") else { return nil }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let words = line.split(separator: UInt8(ascii: " "))
      return words.count > 4 ? unescaped(words[4]) : nil
    }
  }

  private static func unescaped(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = word
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"),
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        result.append(code)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// Of all processes that we may look at; those of other users stay out of sight.
  private static func currentFolders() -> [[UInt8]]? {
    let processes = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard processes >= 0 else { return nil }
    defer { close(processes) }
    guard let own = target("self", processes), let names = Disk.names(in: processes) else {
      return nil
    }
    let digits = CChar(UInt8(ascii: "0"))...CChar(UInt8(ascii: "9"))
    return [own]
      + names.filter { digits.contains($0[0]) }.compactMap {
        target(
          String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), processes)
      }
  }

  private static func target(_ process: String, _ folder: Int32) -> [UInt8]? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(folder, "\(process)/cwd", &buffer, buffer.count)
    return count < 0 ? nil : buffer[..<count].map(UInt8.init(bitPattern:))
  }

  private static func contents(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 { return nil }
      bytes += chunk[..<count]
    }
  }
}
