/// In what the files of a data set differ from those on record.
public struct DataChange: Equatable, Sendable, CustomStringConvertible {
  /// A file of another size.
  public struct Size: Equatable, Sendable {
    /// Its path below the folder.
    public var name: String
    /// Bytes.
    public var then: Int, now: Int
  }

  /// A file in the folder of another class.
  public struct Class: Equatable, Sendable {
    /// Its path below the folder.
    public var name: String
    /// Names of the classes.
    public var then: String, now: String
  }

  /// Files that are no longer there.
  public var gone: [String] = []
  /// Files of another size.
  public var resized: [Size] = []
  /// Files of the same size that hold other bytes.
  public var rewritten: [String] = []
  /// Files that can no longer be read or decoded.
  public var unusable: [UnusableFile] = []
  /// Files in the folder of another class.
  public var relabelled: [Class] = []
  /// Classes that were none: their clips, and so the numbers of all classes, are others now.
  public var newClasses: [String] = []

  /// No change.
  public init() {}

  /// Whether the data is as it was.
  public var isEmpty: Bool { self == DataChange() }

  /// One sentence a kind of change, the first file of each by name.
  public var description: String {
    func say<T>(_ found: [T], _ one: (T) -> String, _ several: String) -> String? {
      guard let first = found.first else { return nil }
      return found.count == 1
        ? one(first) : "\(found.count) files \(several), such as: \(one(first))"
    }
    let parts = [
      say(gone, { "'\($0)' is gone" }, "are gone"),
      say(
        resized, { "'\($0.name)' had \($0.then) bytes and has \($0.now)" }, "have another size"),
      say(rewritten, { "'\($0)' has other contents" }, "have other contents"),
      say(unusable, { "'\($0.name)': \($0.reason)" }, "cannot be used"),
      say(
        relabelled, { "'\($0.name)' was of class '\($0.then)' and is of '\($0.now)'" },
        "are of another class"),
      newClasses.isEmpty
        ? nil
        : "\(newClasses.count == 1 ? "a class is" : "\(newClasses.count) classes are") new: "
          + newClasses.shownList,
    ]
    return parts.compactMap { $0 }.joined(separator: "; ")
  }
}
