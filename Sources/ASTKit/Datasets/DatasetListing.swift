/// Which files a data set consists of and what each of them is, before any is opened.
///
/// Sources make one from a layout on disk; make one by hand to use labels of your own.
public struct DatasetListing: Sendable, Equatable {
  /// One file.
  public struct Entry: Sendable, Equatable {
    /// Where the file is.
    public var path: String
    /// What it is called in messages, and what it is sorted by: the path below the data set's
    /// folder.
    public var name: String
    /// The class it belongs to.
    public var label: String
    /// The fold, speaker or set it belongs to, if the corpus knows one.
    public var group: String?

    public init(path: String, name: String? = nil, label: String, group: String? = nil) {
      self.path = path
      self.name = name ?? path
      self.label = label
      self.group = group
    }
  }

  /// The data set's name, for tables and messages.
  public var name: String
  /// The files, sorted by name.
  public var entries: [Entry]

  public init(name: String, entries: [Entry]) {
    self.name = name
    // Bytes, not the user's locale, decide: the same order on every machine.
    self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
