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
  ///
  ///     DatasetSources.listing(FolderSource(path: "sounds", label: 1))
  /// - Throws: what the source throws.
  public static func listing(
    _ source: some DatasetSource, interrupt: InterruptFlag? = nil
  ) throws -> DatasetListing {
    var listing = try source.listing(interrupt: interrupt)
    listing.origin = DatasetOrigin(source)
    return listing
  }

  /// The same of a source whose name and settings a user or a file gives.
  /// - Throws: what `named` and the source throw; `DatasetError.settingUnused`, `EngineError` for
  ///   settings that it does not have or take.
  public static func listing(
    _ name: String, path: String, _ values: [String: SettingValue] = [:],
    interrupt: InterruptFlag? = nil
  ) throws -> DatasetListing {
    try listing(named(name).init(path: path, values), interrupt: interrupt)
  }
}
