/// What the rows of tables say of recordings, gathered into a listing.
struct ManifestRows {
  /// A row.
  struct Row {
    /// The file as the table names it.
    var file: String
    var labels: [String]
    var span: ClipSpan?
    var group: String?
    var part: String?
    var columns: [String: String] = [:]
    /// Where it stands; the file is empty where it is known from elsewhere.
    var line: Int?
  }

  /// Where files lie that are not named from the root of the disk.
  private let root: String
  private var entries: [DatasetListing.Entry] = []
  private var missing: [UnusableFile] = []
  private var places: [Place: Int] = [:]
  private var known: [String: Bool] = [:]
  private var repeated = 0
  private var hasSeveralLabels = false

  private struct Place: Hashable {
    let path: String
    let span: ClipSpan?
  }

  init(root: String) { self.root = root }

  /// Adds a row. One of the same sound as an earlier row adds its labels to that.
  mutating func add(_ row: Row) {
    let path = PathBytes.isAbsolute(row.file) ? row.file : FolderScan.join(root, row.file)
    var entry = DatasetListing.Entry(
      path: path, name: row.file, labels: row.labels, span: row.span, group: row.group,
      part: row.part)
    (entry.columns, entry.line) = (row.columns, row.line)
    guard isThere(path) else {
      missing.append(UnusableFile(name: entry.place, reason: "there is no such file"))
      return
    }
    if row.labels.count != 1 { hasSeveralLabels = true }
    let place = Place(path: path, span: row.span)
    guard let earlier = places[place] else {
      places[place] = entries.count
      entries.append(entry)
      return
    }
    let new = row.labels.filter { !entries[earlier].labels.contains($0) }
    if new.isEmpty { repeated += 1 }
    entries[earlier].labels += new
    if entries[earlier].labels.count > 1 { hasSeveralLabels = true }
  }

  private mutating func isThere(_ path: String) -> Bool {
    if let known = known[path] { return known }
    let found = Disk.status(path) != nil
    known[path] = found
    return found
  }

  /// The listing of all rows.
  /// - Throws: `DatasetError.noRows` where there are none.
  func listing(_ name: String, path: String) throws(DatasetError) -> DatasetListing {
    guard !entries.isEmpty || !missing.isEmpty else { throw .noRows(path: path) }
    var listing = DatasetListing(name: name, entries: entries, unusable: missing)
    listing.hasSeveralLabels = hasSeveralLabels
    if repeated > 0 {
      listing.remarks.append(
        "\(repeated) row\(repeated == 1 ? " says" : "s say") the same as an earlier one")
    }
    return listing
  }
}

extension CorpusRow {
  /// Seconds in a field; `nil` where it is empty.
  /// - Throws: `DatasetError.manifest`
  func seconds(_ text: String, _ column: String) throws(DatasetError) -> Double? {
    let text = text.trimmed
    if text.isEmpty { return nil }
    // Tables from countries that write so have a comma.
    guard let value = Double(text) ?? Double(text.replacing(",", with: ".")), value.isFinite,
      value >= 0
    else { throw wrong(column, expected: "a time in seconds", found: text) }
    return value
  }

  /// The part of a recording between two fields; `nil` where both are empty.
  /// - Throws: `DatasetError.manifest`
  func span(
    _ start: String, _ end: String, _ columns: (start: String, end: String),
    isInstantAllowed: Bool = false
  ) throws(DatasetError) -> ClipSpan? {
    let (first, last) = (try seconds(start, columns.start), try seconds(end, columns.end))
    guard let first, let last else {
      guard first == nil, last == nil else {
        throw wrong(
          first == nil ? columns.start : columns.end, expected: "a time, as the other one is given",
          found: "")
      }
      return nil
    }
    guard first < last || (isInstantAllowed && first == last) else {
      throw wrong(columns.end, expected: "a time after \(start.trimmed)", found: end)
    }
    return ClipSpan(start: first, end: last)
  }
}

extension String {
  /// Without spaces at its ends.
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
