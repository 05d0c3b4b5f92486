/// Selection tables of Raven: a table, or a folder of them, that annotate recordings.
///
/// - Columns, separated by tabs: `Begin Time (s)`, `End Time (s)`, `Begin File`; the label in
///   `Annotation`, `Species`, `Label` or `Class`.
/// - `File Offset (s)`, where there is one, is the start in the file: `Begin Time (s)` then runs
///   through all files that were opened together.
/// - A selection is listed once for each view; it counts once.
/// - A table without `Begin File` annotates the sound file of its own name beside it.
public struct RavenTable: DatasetSource {
  public static let name = "raven"
  public static let summary = "Selection tables of Raven"

  private static let labels = ["annotation", "species", "label", "class"]
  private static let (start, end) = ("Begin Time (s)", "End Time (s)")

  public static let declarations = [
    SettingOf<RavenTable>(
      "root", "where the sound files are; default: beside the tables", \.root, isPath: true),
    SettingOf(
      "label", "column of the labels; default: Annotation, Species, Label or Class", \.label),
  ]

  public var path: String
  /// Where the sound files are; `nil`: beside the tables.
  public var root: String?
  /// The column of the labels; `nil`: the one found by itself.
  public var label: String?

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let tables = try AnnotationFiles.find(path, endings: ["txt", "tsv", "csv"])
    var rows = ManifestRows(root: root ?? AnnotationFiles.folder(of: path))
    for table in tables {
      try interrupt?.check()
      try add(table, to: &rows)
    }
    return try rows.listing(PathBytes.lastComponent(of: path), path: path)
  }

  private func add(_ path: String, to rows: inout ManifestRows) throws {
    let table = try CorpusTable(path: path, separator: UInt8(ascii: "\t"))
    let names = table.table.columns
    func place(_ name: String) -> Int? {
      names.firstIndex { $0.trimmed.lowercased() == name.lowercased() }
    }
    let begin = try table.place(of: Self.start), end = try table.place(of: Self.end)
    let file = place("Begin File"), offset = place("File Offset (s)")
    let selection = place("Selection")
    let label =
      try self.label.map { name throws(DatasetError) in try table.place(of: name) }
      ?? Self.labels.lazy.compactMap(place).first
    guard let label else {
      throw table.lacks("a column of labels: 'Annotation', 'Species', 'Label' or 'Class'")
    }
    let own = try file == nil ? AnnotationFiles.sound(for: path, in: root) : nil
    var seen: Set<[String]> = []
    for fields in table.table.rows {
      let row = CorpusRow(path: path, line: fields.line), text = fields.fields
      // The same selection in another view.
      if let selection, !seen.insert([text[selection], text[begin], text[end]]).inserted {
        continue
      }
      guard var span = try row.span(text[begin], text[end], (Self.start, Self.end)) else {
        throw row.wrong(Self.start, expected: "a time in seconds", found: "")
      }
      if let offset, let start = try row.seconds(text[offset], names[offset]) {
        span = ClipSpan(start: start, end: start + span.seconds)
      }
      rows.add(
        ManifestRows.Row(
          file: try own ?? row.name(file.map { text[$0] } ?? "", "Begin File"),
          labels: CSVManifest.labels(text[label]), span: span, line: fields.line))
    }
    // A recording that was looked through and has nothing in it.
    if let own, table.table.rows.isEmpty { rows.add(.init(file: own, labels: [])) }
  }
}
