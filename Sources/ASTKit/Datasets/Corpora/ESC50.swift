/// ESC-50, environmental sounds: 2,000 clips of 5 s in 50 classes and 5 folds.
///
/// - Layout: `meta/esc50.csv` (filename, fold, target, category, esc10, src_file, take), `audio/`.
/// - Class: `category`, in the order of `target`. Group: the recording it was cut from, `src_file`.
/// - Folds: 5; a run tests one, validates on the one before it and trains on the other three.
/// - K. J. Piczak, "ESC: Dataset for Environmental Sound Classification", ACM Multimedia 2015.
///   Licence: CC BY-NC 3.0.
public struct ESC50: DatasetSource {
  public static let name = "esc50"
  public static let summary = "ESC-50: environmental sounds, 50 classes, 5 folds"

  /// The corpus's folder, or the one above it.
  public var path: String

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let folder = try CorpusFolder(path, of: Self.name, marks: ["meta/esc50.csv"])
    let table = try folder.table("meta/esc50.csv")
    var rows = CorpusRows()
    let columns = ["filename", "fold", "target", "category", "src_file"]
    let entries = try table.rows(columns) { (fields, row) throws(DatasetError) in
      let name = "audio/" + (try row.file(fields[0], "filename"))
      let fold = try row.number(fields[1], in: 1...5, "fold")
      let target = try row.number(fields[2], in: 0...49, "target")
      let category = try row.name(fields[3], "category")
      try rows.add(file: fields[0], "filename", row)
      try rows.add(class: category, number: target, "target", row)
      return DatasetListing.Entry(
        path: folder.file(name), name: name, label: category, group: fields[4], part: "\(fold)")
    }
    return try folder.listing(entries, classes: rows.classes, complete: 2000)
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    try Fold.rotating(clips, validOnTest: validOnTest)
  }
}
