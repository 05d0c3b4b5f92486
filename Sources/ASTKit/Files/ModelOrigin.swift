/// The file that a model was read from, so that what is trained on it can say which it was.
public struct ModelOrigin: Sendable, Equatable, Codable {
  /// The file or folder, from the root of the disk.
  public var path: String
  /// Whether position embeddings of another length were treated as in the published code.
  public var published: Bool

  init(_ path: String, _ options: ModelFile.Options) {
    self.path = PathBytes.absolute(path)
    published = options.published
  }
}
