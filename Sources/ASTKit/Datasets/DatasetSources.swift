/// The data sets petl knows, in the order help shows them.
public enum DatasetSources {
  public static let all: [any DatasetSource.Type] = [
    FolderSource.self, ESC50.self, UrbanSound8K.self, SpeechCommands.self, FluentSpeech.self,
    IEMOCAP.self, CSVManifest.self, RavenTable.self, AudacityTrack.self,
  ]

  /// The source of this name.
  /// - Throws: `EngineError.unknownName`, with the nearest names.
  public static func named(_ name: String) throws(EngineError) -> any DatasetSource.Type {
    for source in all where source.name == name { return source }
    throw .unknownName(kind: "data set", name: name, known: all.map { $0.name })
  }

  /// The files and classes of a data set, known by its origin.
  /// - Throws: what `named` and the source throw.
  public static func listing(
    _ name: String, _ options: DatasetOptions, interrupt: InterruptFlag? = nil
  ) throws -> DatasetListing {
    var listing = try named(name).init(options).listing(interrupt: interrupt)
    var origin = DatasetOrigin(source: name, options: options)
    origin.options.path = PathBytes.absolute(options.path)
    listing.origin = origin
    return listing
  }
}
