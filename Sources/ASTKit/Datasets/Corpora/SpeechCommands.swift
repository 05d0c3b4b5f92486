/// Speech Commands v0.02: 105,829 spoken words of 1 s, 35 words.
///
/// - Layout: a folder a word; `validation_list.txt` and `testing_list.txt` name the files of
///   these parts, the rest trains. `_background_noise_` is no word.
/// - Class: the folder, alphabetically. Group: the speaker, the name before `_nohash_`.
/// - P. Warden, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition",
///   arXiv 1804.03209. Licence: CC BY 4.0.
public struct SpeechCommands: DatasetSource {
  public static let name = "speechcommands"
  public static let summary = "Speech Commands: spoken words, 35 classes, fixed parts"

  private static let lists = [("valid", "validation_list.txt"), ("test", "testing_list.txt")]
  /// The corpus's folder, or the one above it.
  public var path: String

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let folder = try CorpusFolder(path, of: Self.name, marks: ["testing_list.txt"])
    var parts: [String: String] = [:]
    for (part, list) in Self.lists {
      for (number, line) in try folder.lines(list).enumerated() where !line.isEmpty {
        let row = CorpusRow(path: folder.file(list), line: number + 1)
        let file = try row.file(line, "file")
        guard PathBytes.components(of: file).count == 2 else {
          throw row.wrong("file", expected: "WORD/FILE", found: line)
        }
        if let other = parts[file], other != part {
          throw row.wrong("file", expected: "a file that is not in '\(other)'", found: line)
        }
        parts[file] = part
      }
    }
    var scan = FolderScan(extensions: ["wav"], label: 1, interrupt: interrupt)
    try scan.visitRoot(folder.path)
    let found = scan.found.filter {
      let steps = PathBytes.components(of: $0)
      return steps.count == 2 && steps[0] != "_background_noise_"
    }
    // Files that a list names are part of the corpus, there or not.
    let names = Set(found).union(parts.keys).sorted { ExactName($0) < ExactName($1) }
    let entries = names.map { name in
      let steps = PathBytes.components(of: name)
      let speaker = steps[1].split(separator: "_nohash_").first.map(String.init) ?? steps[1]
      return DatasetListing.Entry(
        path: folder.file(name), name: name, label: steps[0], group: speaker,
        part: parts[name] ?? "train")
    }
    let classes = Set(entries.map { ExactName($0.label) }).sorted().map(\.text)
    var listing = try folder.listing(entries, classes: classes, complete: 105_829)
    (listing.unusable, listing.passedOver) = (scan.unusable, scan.passedOver)
    return listing
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    [try Fold.fixed(clips)]
  }
}
