/// A layout of sound files on disk that gives every file its class: a corpus, or any folder.
///
/// One source a file; it joins the list in `DatasetSources.all`. What it needs beside the path it
/// declares as settings, which the command `dataset` takes as arguments.
public protocol DatasetSource: Configurable {
  /// What the user types: `dataset "folder"`.
  static var name: String { get }
  /// One line of help.
  static var summary: String { get }

  /// The folder, or the file, of the data set. A leading `~` is not expanded here.
  var path: String { get set }

  /// With the defaults of its settings.
  init(path: String)

  /// Finds the files and their classes. Opens none.
  /// - Throws: `DatasetError`, or `EngineError.interrupted`.
  func listing(interrupt: InterruptFlag?) throws -> DatasetListing

  /// The runs of the corpus's protocol; `nil` for a source that has none.
  ///
  /// - Parameter validOnTest: chooses the weights on the tested clips, as some published results
  ///   do.
  /// - Throws: `DatasetError.folds` where the clips lack what the protocol needs.
  static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
}

extension DatasetSource {
  /// None beside the path.
  public static var declarations: [SettingOf<Self>] { [] }
  public static var defaults: Self { Self(path: "") }

  /// With the settings given by name.
  /// - Throws: `DatasetError.settingUnused`; `EngineError` for a value that is not taken.
  public init(path: String, _ values: [String: SettingValue]) throws {
    let known = Self.settings.map(\.name)
    for name in values.keys.sorted() where values[name] != .some(.none) && !known.contains(name) {
      throw DatasetError.settingUnused(source: Self.name, setting: name, known: known)
    }
    self.init(path: path)
    try set(values)
    try validate()
  }

  public static func folds(
    _ clips: DatasetView, validOnTest: Bool
  ) throws(DatasetError) -> [Fold]? { nil }
}

/// The source of a data set and what it was told: enough to list the data set again.
public struct DatasetOrigin: Sendable, Equatable {
  /// The name in `DatasetSources`.
  public var source: String
  /// With a path that does not depend on the current folder.
  public var path: String
  /// The settings that have a value, by name; files among them as `path`.
  public var settings: [String: SettingValue]

  init(_ source: some DatasetSource) {
    self.source = type(of: source).name
    path = PathBytes.absolute(source.path)
    settings = source.values.filter { $0.value != .none }
    for setting in type(of: source).settings where setting.kind == .path {
      if case .text(let file)? = settings[setting.name] {
        settings[setting.name] = .text(PathBytes.absolute(file))
      }
    }
  }
}

extension DatasetOrigin: Codable {
  private enum CodingKeys: String, CodingKey { case source, path, settings }
  /// In older checkpoints path, label and extensions stand together.
  private enum OlderKeys: String, CodingKey { case options }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    source = try values.decode(String.self, forKey: .source)
    let older = try decoder.container(keyedBy: OlderKeys.self)
    if let options = try older.decodeIfPresent([String: SettingValue].self, forKey: .options) {
      settings = options.filter { $0.key != "path" && $0.value != .none }
      guard case .text(let path)? = options["path"] else {
        throw DecodingError.valueNotFound(
          String.self, .init(codingPath: decoder.codingPath, debugDescription: "no path"))
      }
      self.path = path
    } else {
      path = try values.decode(String.self, forKey: .path)
      settings =
        try values.decodeIfPresent(
          [String: SettingValue].self, forKey: .settings) ?? [:]
    }
  }
}
