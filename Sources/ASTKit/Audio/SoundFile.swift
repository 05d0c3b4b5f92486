/// What a file held when it was read: enough to see later whether it is still the same.
public struct FileDigest: Hashable, Sendable {
  /// Bytes in the file.
  public let size: Int
  /// XXH64 of them.
  public let hash: UInt64

  /// - Parameters:
  ///   - size: bytes in the file.
  ///   - hash: XXH64 of them.
  public init(size: Int, hash: UInt64) { (self.size, self.hash) = (size, hash) }

  /// Of a file that is not held in memory.
  /// - Throws: `AudioError`
  init(streaming path: String) throws(AudioError) {
    let file = SoundBytes(try OpenFile(path))
    var stream = ContentHash.Stream(), rest = file
    var hash = ContentHash.of([])
    while !rest.isEmpty {
      let piece = rest.prefix(1 << 22)
      hash = piece.contents.withUnsafeBytes { stream.add($0) }
      rest = rest.dropFirst(piece.count)
    }
    self.init(size: file.count, hash: hash)
  }

  init(_ contents: [UInt8]) { self.init(size: contents.count, hash: ContentHash.of(contents)) }
}

/// A sound file read into memory: what its digest says is what is decoded, even if somebody
/// replaces the file meanwhile.
struct SoundFile {
  let path: String
  let bytes: [UInt8]
  let digest: FileDigest

  /// - Throws: as `FileBytes.sound`.
  init(_ path: String) throws(AudioError) {
    self.path = path
    bytes = try FileBytes.sound(path)
    digest = FileDigest(bytes)
  }
}
