import Glibc

/// The sound files that a person names: a file, or all below a folder.
public struct SoundFiles: Sendable {
  /// One of them.
  public struct File: Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// What tables call it: the path below the folder, or the path as it was given.
    public var name: String

    /// - Parameters: as the properties.
    public init(path: String, name: String) { (self.path, self.name) = (path, name) }
  }

  /// Sorted by name.
  public var files: [File]
  /// What was left out of a folder, in words; `nil` where nothing was.
  public var notice: String?

  /// - Throws: `DatasetError.missing`, `.noAudio` for a folder without sound files,
  ///   `EngineError.interrupted`.
  public init(_ path: String, interrupt: InterruptFlag? = nil) throws {
    guard let status = Disk.status(path) else { throw DatasetError.missing(path: path) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      files = [File(path: path, name: path)]
      return
    }
    var scan = FolderScan(extensions: AudioFile.extensions, label: nil, interrupt: interrupt)
    try scan.visitRoot(path)
    guard !scan.found.isEmpty else {
      throw DatasetError.noAudio(
        path: path, others: scan.others, extensions: AudioFile.extensions.sorted())
    }
    files = scan.found.sorted { ExactName($0) < ExactName($1) }.map {
      File(path: FolderScan.join(path, $0), name: $0)
    }
    let unusable = scan.unusable.isEmpty ? nil : DatasetError.list(scan.unusable)
    let sentences = [PassedOver.sentence(scan.passedOver), unusable].compactMap(\.self)
    notice = sentences.isEmpty ? nil : sentences.joined(separator: "; ")
  }
}
