import Glibc

/// Any folder of sound files, whose folders name the classes.
///
/// - All levels are searched. Hidden files and folders (a leading point) are passed over,
///   like every file whose ending is not that of a sound file. What has such an ending counts
///   as a sound file and must decode.
/// - Symbolic links are followed, each real folder once, so that a link to a folder above
///   cannot loop.
/// - Order is that of the bytes of the path below `path`: the same wherever the folder lies.
public struct FolderSource: DatasetSource {
  public static let name = "folder"
  public static let summary = "Sound files in folders that name their class"

  private let path: String
  private let label: Int?
  private let extensions: Set<String>

  /// - Throws: `DatasetError.label` for a level below 1, `.noAudio` for an empty list of
  ///   endings.
  public init(_ options: DatasetOptions) throws {
    if let label = options.label, label < 1 { throw DatasetError.label(found: label) }
    path = options.path
    label = options.label
    extensions =
      options.extensions.map { given in
        Set(given.map { ($0.hasPrefix(".") ? String($0.dropFirst()) : $0).lowercased() })
      } ?? AudioFile.extensions
  }

  public func listing(interrupt: InterruptFlag? = nil) throws -> DatasetListing {
    var scan = FolderScan(extensions: extensions, interrupt: interrupt)
    try scan.visitRoot(path)
    guard !scan.found.isEmpty else {
      throw DatasetError.noAudio(path: path, others: scan.others, extensions: extensions.sorted())
    }
    let names = scan.found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    // A single flat folder has no classes at all; that says more than naming its first file.
    if names.allSatisfy({ !$0.contains("/") }) {
      throw DatasetError.noClasses(path: path, found: [])
    }
    let entries = try names.map { name in
      DatasetListing.Entry(path: join(path, name), name: name, label: try className(of: name))
    }
    let classes = Set(entries.map(\.label)).sorted()
    if classes.count < 2 { throw DatasetError.noClasses(path: path, found: classes) }
    return DatasetListing(name: lastComponent(path), entries: entries)
  }

  private func className(of name: String) throws(DatasetError) -> String {
    let folders = name.split(separator: "/").dropLast()
    guard let label else {
      guard let holder = folders.last else {
        throw .notDeepEnough(file: name, label: nil, folders: 0)
      }
      return String(holder)
    }
    guard label <= folders.count else {
      throw .notDeepEnough(file: name, label: label, folders: folders.count)
    }
    return String(folders[label - 1])
  }

  private func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

private func join(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}

/// A walk through a folder, collecting sound files by their path below it.
private struct FolderScan {
  let extensions: Set<String>
  let interrupt: InterruptFlag?
  var found: [String] = []
  var others = 0
  private var visited: Set<[UInt64]> = []

  init(extensions: Set<String>, interrupt: InterruptFlag?) {
    self.extensions = extensions
    self.interrupt = interrupt
  }

  mutating func visitRoot(_ path: String) throws {
    guard let status = status(path) else { throw DatasetError.missing(path: path) }
    guard isFolder(status) else { throw DatasetError.notFolder(path: path) }
    try visit(path, below: "", status)
  }

  private mutating func visit(_ path: String, below prefix: String, _ status: stat) throws {
    try interrupt?.check()
    guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { return }
    for name in try names(in: path) {
      let child = join(path, name)
      // A dangling link with a sound file's name is reported when it is read.
      guard let status = self.status(child) else {
        collect(prefix + name)
        continue
      }
      if isFolder(status) {
        try visit(child, below: prefix + name + "/", status)
      } else {
        collect(prefix + name)
      }
    }
  }

  private mutating func collect(_ name: String) {
    if isSound(name.split(separator: "/").last ?? "") { found.append(name) } else { others += 1 }
  }

  private func isSound(_ name: some StringProtocol) -> Bool {
    guard let point = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: point)...].lowercased())
  }

  /// Sorted, so that of two links to one folder the same one is followed everywhere.
  private mutating func names(in path: String) throws(DatasetError) -> [String] {
    guard let folder = opendir(path) else {
      throw .unreadable(path: path, reason: FileBytes.systemReason(errno))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let (name, isText) = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          (String(cString: $0), String(validatingCString: $0) != nil)
        }
      }
      if name.hasPrefix(".") { continue }
      if isText {
        names.append(name)
      } else if entry.pointee.d_type == UInt8(DT_REG) && !isSound(name) {
        others += 1
      } else {
        // Passed over, a class of an old corpus would be missing without a word.
        throw .unreadable(
          path: join(path, name), reason: "its name is not UTF-8 text; rename it (convmv does)")
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  private func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
}
