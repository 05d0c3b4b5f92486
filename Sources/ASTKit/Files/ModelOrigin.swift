/// The file that a model was read from, so that what is trained on it can say which it was.
public struct ModelOrigin: Sendable, Equatable, Codable {
  /// The file or folder, from the root of the disk.
  public var path: String
  /// Frames that the position embeddings were fitted to; `nil`: those of the file.
  public var frames: Int?
  /// Whether they were fitted as in the published code.
  public var published: Bool

  init(_ path: String, _ options: ModelFile.Options) {
    self.path = PathBytes.absolute(path)
    frames = options.frames
    published = options.published
  }
}
