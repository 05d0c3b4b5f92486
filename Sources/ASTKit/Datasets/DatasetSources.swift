/// The data sets petl knows, in the order help shows them.
public enum DatasetSources {
  public static let all: [any DatasetSource.Type] = [
    FolderSource.self
  ]

  /// The source of this name.
  /// - Throws: `EngineError.unknownName`, with the nearest names.
  public static func named(_ name: String) throws(EngineError) -> any DatasetSource.Type {
    for source in all where source.name == name { return source }
    throw .unknownName(kind: "data set", name: name, known: all.map { $0.name })
  }
}
