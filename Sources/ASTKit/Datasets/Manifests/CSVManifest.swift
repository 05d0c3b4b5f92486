/// A table of recordings, or of parts of them, with their classes: comma-separated values
/// (RFC 4180), with `,`, `;` or tab between them.
///
/// - A row is a recording or, with a start and an end in seconds, a part of one.
/// - Labels separated by `;` or `|`, or in brackets, make a set of several labels a clip; an empty
///   label is a clip of which all classes are known to be absent.
/// - Columns are found by their names unless they are given. Files are relative to the table, or to
///   `root`.
public struct CSVManifest: DatasetSource {
  public static let name = "csv"
  public static let summary = "A table of files, or parts of files, with their labels"

  /// Names of columns that are found by themselves, in lower case.
  private static let names: [(column: Column, names: [String])] = [
    (.file, ["filename", "file", "path", "audio"]),
    (.label, ["label", "labels", "category", "class", "species"]),
    (.start, ["start", "start_time", "onset", "begin"]),
    (.end, ["end", "end_time", "offset"]), (.fold, ["fold"]), (.split, ["split"]),
    (.group, ["group"]),
  ]

  private enum Column: Hashable { case file, label, start, end, fold, split, group }

  public static let declarations = [
    SettingOf<CSVManifest>(
      "root", "where the files are; default: beside the table", \.root, isPath: true),
    SettingOf(
      "separator", "what stands between columns; default: what the first row has most of",
      \.separator),
    SettingOf("file", "column of the files; default: filename, file, path or audio", \.file),
    SettingOf(
      "label", "column of the labels; default: label, labels, category, class or species",
      \.label),
    SettingOf("start", "column of the parts' starts in seconds; \"\" for none", \.start),
    SettingOf("end", "column of the parts' ends in seconds; \"\" for none", \.end),
    SettingOf("fold", "column of the folds; default: fold", \.fold),
    SettingOf("split", "column of train, valid and test; default: split", \.split),
    SettingOf("group", "column of what stays together; default: group", \.group),
  ]

  /// What stands between columns.
  public enum Separator: String, CaseIterable, SettingChoice, Sendable {
    case comma = ","
    case semicolon = ";"
    case tab

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      }
    }
  }

  public var path: String
  /// Where the files are; `nil`: beside the table.
  public var root: String?
  public var separator: Separator?
  /// Columns by name; `nil`: those found by themselves, empty: none.
  public var file: String?, label: String?, start: String?, end: String?, fold: String?
  public var split: String?, group: String?

  public init(path: String) { self.path = path }

  private var given: [Column: String] {
    [
      .file: file, .label: label, .start: start, .end: end, .fold: fold, .split: split,
      .group: group,
    ].compactMapValues(\.self)
  }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let table = try CorpusTable(path: path, separator: separator?.byte)
    let places = try columns(of: table)
    guard let file = places[.file], let label = places[.label] else {
      throw DatasetError.noRows(path: path)
    }
    let names = table.table.columns
    let used = Set(places.values)
    let others = names.indices.filter { !used.contains($0) || $0 == places[.group] }
    var rows = ManifestRows(root: root ?? PathBytes.parent(of: path))
    for (number, fields) in table.table.rows.enumerated() {
      if number % 4096 == 0 { try interrupt?.check() }
      let row = CorpusRow(path: path, line: fields.line), text = fields.fields
      func field(_ column: Column) -> String { places[column].map { text[$0] } ?? "" }
      func name(_ column: Column) -> String { places[column].map { names[$0] } ?? "" }
      let span = try row.span(field(.start), field(.end), (name(.start), name(.end)))
      let group = field(.group).trimmed
      rows.add(
        ManifestRows.Row(
          file: try row.name(text[file], names[file]), labels: Self.labels(text[label]), span: span,
          group: group.isEmpty ? nil : group,
          part: try part(field(.split), field(.fold), row, name(.split)),
          columns: Dictionary(
            others.map { (names[$0], text[$0]) }, uniquingKeysWith: { first, _ in first }),
          line: fields.line))
    }
    return try rows.listing(PathBytes.lastComponent(of: path), path: path)
  }

  /// The places of the columns.
  /// - Throws: `DatasetError.manifest` for one that is not there, or is needed and not found.
  private func columns(of table: CorpusTable) throws(DatasetError) -> [Column: Int] {
    var places: [Column: Int] = [:]
    let names = table.table.columns.map { $0.trimmed.lowercased() }
    for (column, candidates) in Self.names {
      if let name = given[column] {
        // An empty name: there is no such column, though one may be called so.
        if !name.isEmpty { places[column] = try table.place(of: name) }
        continue
      }
      places[column] = candidates.lazy.compactMap { names.firstIndex(of: $0) }.first
    }
    for (column, what) in [(Column.file, "the files"), (.label, "the labels")]
    where places[column] == nil {
      let candidates = Self.names.first { $0.column == column }?.names ?? []
      throw table.lacks(
        "a column of \(what): " + candidates.map { "'\($0)'" }.joined(separator: ", "))
    }
    if (places[.start] == nil) != (places[.end] == nil) {
      // One of them alone is some other number.
      (places[.start], places[.end]) = (nil, nil)
    }
    return places
  }

  private func part(
    _ split: String, _ fold: String, _ row: CorpusRow, _ column: String
  ) throws(DatasetError) -> String? {
    switch split.trimmed.lowercased() {
    case "": return fold.trimmed.isEmpty ? nil : fold.trimmed
    case "train", "training": return "train"
    case "valid", "val", "validation", "dev": return "valid"
    case "test", "testing", "eval", "evaluation": return "test"
    default: throw row.wrong(column, expected: "train, valid or test", found: split)
    }
  }

  /// The labels in a field.
  static func labels(_ text: String) -> [String] {
    var text = text.trimmed
    var separators: Set<Character> = [";", "|"]
    if text.hasPrefix("["), text.hasSuffix("]"), text.count >= 2 {
      // As Python writes a list.
      text = String(text.dropFirst().dropLast())
      separators.insert(",")
    }
    var labels: [String] = []
    for piece in text.split(whereSeparator: separators.contains) {
      var label = String(piece).trimmed
      for quote in ["'", "\""]
      where label.count >= 2 && label.hasPrefix(quote) && label.hasSuffix(quote) {
        label = String(label.dropFirst().dropLast())
      }
      if !label.isEmpty, !labels.contains(label) { labels.append(label) }
    }
    return labels
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    try Fold.ofParts(clips, validOnTest: validOnTest)
  }
}
