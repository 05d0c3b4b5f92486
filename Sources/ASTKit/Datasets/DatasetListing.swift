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
    /// The classes it belongs to: one, but in a listing that `hasSeveralLabels`.
    public var labels: [String]
    /// The part of the file that is meant; `nil`: all of it.
    public var span: ClipSpan?
    /// What it comes from, such as a speaker, which a split keeps on one side.
    public var group: String?
    /// The fold or part of the corpus it belongs to.
    public var part: String?
    /// What else a table says of it, by column.
    public var columns: [String: String] = [:]
    /// The line of the table it stands in, from 1.
    public var line: Int?

    /// - Parameter name: default: the path.
    public init(
      path: String, name: String? = nil, labels: [String], span: ClipSpan? = nil,
      group: String? = nil, part: String? = nil
    ) {
      self.path = path
      self.name = name ?? path
      self.labels = labels
      self.span = span
      self.group = group
      self.part = part
    }

    /// An entry of one class.
    public init(
      path: String, name: String? = nil, label: String, group: String? = nil, part: String? = nil
    ) {
      self.init(path: path, name: name, labels: [label], group: group, part: part)
    }

    /// Its class where entries have one.
    public var label: String { labels.first ?? "" }

    /// What the clip is called that it becomes where recordings are not cut into windows.
    var clipName: String { span.map { "\(name)@\($0.text)" } ?? name }

    /// What it is called in messages: with its line.
    var place: String { line.map { "\(name) (line \($0))" } ?? name }
  }

  /// The data set's name, for tables and messages.
  public var name: String
  /// The files, sorted by name.
  public var entries: [Entry]

  /// What the search left out.
  public var passedOver: [PassedOver]
  /// Folders that would be classes and have no sound file, by their path.
  public var silentFolders: [String]
  /// Files and folders that may be part of it and cannot be looked at.
  public var unusable: [UnusableFile]
  /// Whether a clip may have several classes, or none of them.
  public var hasSeveralLabels = false
  /// The classes in the corpus's own order; `nil`: by name.
  public var classOrder: [String]?
  /// What else a person should know, a sentence each.
  public var remarks: [String] = []
  /// Which source made it, so that it can be made again; `nil` for one made by hand.
  public internal(set) var origin: DatasetOrigin?

  public init(
    name: String, entries: [Entry], passedOver: [PassedOver] = [], silentFolders: [String] = [],
    unusable: [UnusableFile] = []
  ) {
    self.name = name
    self.passedOver = passedOver
    self.silentFolders = silentFolders
    self.unusable = unusable
    // Bytes, not the user's locale, decide: the same order on every machine.
    self.entries = entries.sorted { ExactName($0.name) < ExactName($1.name) }
  }
}

extension DatasetListing {
  /// What a person should know about what is not, or strangely, in the listing: a sentence
  /// each.
  public var notices: [String] {
    [PassedOver.sentence(passedOver), silentSentence].compactMap { $0 } + lookalikes + remarks
  }

  private var silentSentence: String? {
    guard !silentFolders.isEmpty else { return nil }
    return "no clips, and so no class, from \(DatasetListing.named(silentFolders)): no file there "
      + "is a sound file that is read"
  }

  /// All labels.
  var labels: Set<ExactName> { Set(entries.flatMap(\.labels).map(ExactName.init)) }

  /// Said of the classes whose clips were all skipped; `nil` if there are none.
  public func lostClasses(in dataset: Dataset) -> String? {
    let kept = Set(dataset.classes.map(ExactName.init))
    let lost = self.labels.subtracting(kept).sorted()
    guard !lost.isEmpty else { return nil }
    return
      "no clips, and so no class, of \(DatasetListing.named(lost.map(\.text))): all were skipped"
  }

  private static func named(_ names: [String]) -> String {
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    return names.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + more
  }

  /// Archives from macOS often turn one class into two in this way.
  private var lookalikes: [String] {
    return Dictionary(grouping: self.labels, by: \.text).values.filter { $0.count > 1 }
      .map { $0.sorted() }.sorted { $0[0] < $1[0] }
      .map { names in
        let counts = names.map { name in
          "\(entries.count { $0.labels.contains { ExactName($0) == name } })"
        }
        return
          "\(names.count) classes look alike as '\(names[0].text)' (\(counts.joined(separator: " and ")) "
          + "clips): their names differ in the Unicode form of the accents; rename one to make "
          + "them one class"
      }
  }
}
