/// Any folder of sound files, whose folders name the classes.
///
/// - All levels are searched. Hidden files and folders (a leading point) are passed over,
///   like every file whose ending is not that of a sound file; the listing says how many. What
///   has such an ending counts as a sound file and must decode.
/// - Symbolic links are followed, each real folder once, so that a link to a folder above
///   cannot loop.
/// - Order is that of the bytes of the path below `path`: the same wherever the folder lies.
public struct FolderSource: DatasetSource {
  public static let name = "folder"
  public static let summary = "Sound files in folders that name their class"

  public static let declarations = [
    SettingOf<FolderSource>(
      "label", "class from the Nth folder below path; default: the folder of the file", \.label,
      bounds: .between(1...64)),
    SettingOf("extensions", "only files with these endings", \.extensions),
  ]

  /// The folder that holds the folders of the classes.
  public var path: String
  /// Which folder below `path` names the class (1 = the first); `nil`: the one that holds the
  /// file.
  public var label: Int?
  /// File endings to look at; `nil`: all that libsndfile and mpg123 read.
  public var extensions: [String]?

  public init(path: String) { self.init(path: path, label: nil) }

  /// - Parameters: as the properties.
  public init(path: String, label: Int? = nil, extensions: [String]? = nil) {
    (self.path, self.label, self.extensions) = (path, label, extensions)
  }

  private var endings: Set<String> {
    extensions.map { given in
      Set(given.map { ($0.hasPrefix(".") ? String($0.dropFirst()) : $0).lowercased() })
    } ?? AudioFile.extensions
  }

  public func listing(interrupt: InterruptFlag? = nil) throws -> DatasetListing {
    try validate()
    let extensions = endings
    var scan = FolderScan(extensions: extensions, label: label, interrupt: interrupt)
    try scan.visitRoot(path)
    guard !scan.found.isEmpty || !scan.unusable.isEmpty else {
      throw DatasetError.noAudio(path: path, others: scan.others, extensions: extensions.sorted())
    }
    let names = scan.found.sorted { ExactName($0) < ExactName($1) }
    // A single flat folder has no classes at all; that says more than naming its first file.
    if !names.isEmpty, names.allSatisfy({ !PathBytes.hasSlash($0) }) {
      throw DatasetError.noClasses(path: path, found: [], passedOver: scan.passedOver)
    }
    let entries = try names.map { name in
      DatasetListing.Entry(
        path: FolderScan.join(path, name), name: name, label: try className(of: name))
    }
    let classes = Set(entries.map { ExactName($0.label) })
    if classes.count < 2, scan.unusable.isEmpty {
      throw DatasetError.noClasses(
        path: path, found: classes.map(\.text), passedOver: scan.passedOver)
    }
    // Another folder of the same name may have clips.
    let silent = scan.silent.filter {
      !classes.contains(ExactName(PathBytes.lastComponent(of: $0)))
    }
    return DatasetListing(
      name: lastComponent(path), entries: entries, passedOver: scan.passedOver,
      silentFolders: silent, unusable: scan.unusable)
  }

  private func className(of name: String) throws(DatasetError) -> String {
    let folders = PathBytes.components(of: name).dropLast()
    guard let label else {
      guard let holder = folders.last else {
        throw .notDeepEnough(file: name, label: nil, folders: 0)
      }
      return holder
    }
    guard label <= folders.count else {
      throw .notDeepEnough(file: name, label: label, folders: folders.count)
    }
    return folders[label - 1]
  }

  private func lastComponent(_ path: String) -> String {
    let last = PathBytes.lastComponent(of: path)
    return last.isEmpty ? path : last
  }
}
