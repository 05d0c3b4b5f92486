/// UrbanSound8K: 8,732 clips of at most 4 s of city noise in 10 classes and 10 folds.
///
/// - Layout: `metadata/UrbanSound8K.csv` (slice_file_name, fsID, start, end, salience, fold,
///   classID, class), `audio/foldN/`.
/// - Class: `class`, in the order of `classID`. Group: the recording it was cut from, `fsID`.
/// - Folds: 10; a run tests one, validates on the one before it and trains on the other eight.
///   The published code has no validation fold and chooses on the test fold.
/// - J. Salamon, C. Jacoby, J. P. Bello, "A Dataset and Taxonomy for Urban Sound Research", ACM
///   Multimedia 2014. Licence: CC BY-NC 3.0.
public struct UrbanSound8K: DatasetSource {
  public static let name = "urbansound8k"
  public static let summary = "UrbanSound8K: city noise, 10 classes, 10 folds"

  private static let list = "metadata/UrbanSound8K.csv"
  /// The corpus's folder, or the one above it.
  public var path: String

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let folder = try CorpusFolder(path, of: Self.name, marks: [Self.list])
    var rows = CorpusRows()
    let columns = ["slice_file_name", "fsID", "fold", "classID", "class"]
    let entries = try folder.table(Self.list).rows(columns) { (fields, row) throws(DatasetError) in
      let fold = try row.number(fields[2], in: 1...10, "fold")
      let name = "audio/fold\(fold)/" + (try row.file(fields[0], "slice_file_name"))
      let number = try row.number(fields[3], in: 0...9, "classID")
      let label = try row.name(fields[4], "class")
      try rows.add(file: fields[0], "slice_file_name", row)
      try rows.add(class: label, number: number, "classID", row)
      return DatasetListing.Entry(
        path: folder.file(name), name: name, label: label, group: fields[1], part: "\(fold)")
    }
    return try folder.listing(entries, classes: rows.classes, complete: 8732)
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    try Fold.rotating(clips, validOnTest: validOnTest)
  }
}
