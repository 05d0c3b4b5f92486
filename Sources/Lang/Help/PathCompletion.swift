import Glibc

/// File names for the quotes of a script.
enum PathCompletion {
  /// The entries of the folder that a beginning names; folders end with `/`.
  static func candidates(_ beginning: String) -> [Completions.Candidate] {
    // By bytes, as the system has it: a combining mark may follow the slash or what is typed.
    let slash = beginning.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(Substring(beginning.utf8[...$0])) } ?? ""
    let name = beginning.utf8.dropFirst(folder.utf8.count)
    let point = UInt8(ascii: ".")
    guard let handle = opendir(folder.isEmpty ? "." : folder.expandingHome) else { return [] }
    defer { closedir(handle) }
    var found: [Completions.Candidate] = []
    while let entry = readdir(handle), found.count < 2000 {
      let text = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if text == "." || text == ".." || !text.utf8.starts(with: name) { continue }
      if text.utf8.first == point, name.first != point { continue }
      let path = folder + text
      let descriptor = open(path.expandingHome, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if descriptor >= 0 { close(descriptor) }
      found.append(Completions.Candidate(descriptor >= 0 ? path + "/" : path, .path))
    }
    return found.sorted { $0.text < $1.text }
  }
}
