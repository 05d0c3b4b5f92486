/// A layout of sound files on disk that gives every file its class: a corpus, or any folder.
///
/// One source a file; it joins the list in `DatasetSources.all`.
public protocol DatasetSource: Sendable {
  /// What the user types: `dataset "folder"`.
  static var name: String { get }
  /// One line of help.
  static var summary: String { get }

  /// - Throws: `DatasetError` for options that make no sense.
  init(_ options: DatasetOptions) throws

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
  public static func folds(
    _ clips: DatasetView, validOnTest: Bool
  ) throws(DatasetError) -> [Fold]? { nil }
}

/// What sources can be told; each uses what it needs.
public struct DatasetOptions: Sendable, Equatable, Codable {
  /// The folder of the data set. A leading `~` is not expanded here.
  public var path: String
  /// Which folder below `path` names the class (1 = the first); `nil`: the one that holds the
  /// file.
  public var label: Int?
  /// File endings to look at, without the point; `nil`: all that libsndfile reads.
  public var extensions: [String]?

  public init(path: String, label: Int? = nil, extensions: [String]? = nil) {
    self.path = path
    self.label = label
    self.extensions = extensions
  }
}

extension DatasetOptions {
  /// The path, for a source that needs no more.
  /// - Throws: `DatasetError.optionUnused` where more was given.
  func pathAlone(_ source: String) throws(DatasetError) -> String {
    if label != nil { throw .optionUnused(source: source, option: "label") }
    if extensions != nil { throw .optionUnused(source: source, option: "extensions") }
    return path
  }
}

/// The source of a data set and what it was told.
public struct DatasetOrigin: Sendable, Equatable, Codable {
  /// The name in `DatasetSources`.
  public var source: String
  /// With a path that does not depend on the current folder.
  public var options: DatasetOptions
}
