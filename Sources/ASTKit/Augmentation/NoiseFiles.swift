/// Recordings of noise that training clips are mixed with: which they are, so that a run that is
/// taken up again has the same.
public struct NoiseFiles: Sendable, Equatable, Codable {
  /// One of them.
  public struct File: Sendable, Hashable, Codable {
    /// Where it is.
    public let path: String
    /// Bytes in it.
    let size: Int
    /// XXH64 of them, in hexadecimal digits.
    let hash: String

    init(_ path: String, _ digest: FileDigest) {
      (self.path, size, hash) = (path, digest.size, String(digest.hash, radix: 16))
    }
  }

  /// The file or folder they were looked for in, as it was written.
  public let source: String
  /// In the order of the bytes of their paths.
  public let files: [File]

  /// Finds the sound files in a folder and below it, or takes the one that the path names, and reads
  /// each.
  /// - Throws: `DatasetError.noAudio`, `.missing`, `AudioError`, `EngineError.interrupted`
  public init(_ path: String, interrupt: InterruptFlag? = nil) throws {
    source = path
    let absolute = PathBytes.absolute(path)
    var paths = [absolute]
    if NeighbouringFiles.isFolder(absolute) {
      var scan = FolderScan(extensions: AudioFile.extensions, label: nil, interrupt: interrupt)
      try scan.visitRoot(absolute)
      guard !scan.found.isEmpty else {
        throw DatasetError.noAudio(
          path: path, others: scan.others, extensions: AudioFile.extensions.sorted())
      }
      paths = scan.found.sorted { ExactName($0) < ExactName($1) }
        .map { FolderScan.join(absolute, $0) }
    }
    files = try paths.map { path in
      try interrupt?.check()
      let file = try SoundFile(path)
      // What cannot be decoded is found now and not after hours of training.
      _ = try AudioFile.decode(file.bytes, path: path)
      return File(path, file.digest)
    }
  }
}
