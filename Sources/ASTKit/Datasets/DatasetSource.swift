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

/// The source of a data set and what it was told.
public struct DatasetOrigin: Sendable, Equatable, Codable {
  /// The name in `DatasetSources`.
  public var source: String
  /// With a path that does not depend on the current folder.
  public var options: DatasetOptions
}
