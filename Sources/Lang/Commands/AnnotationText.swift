import ASTKit
import FoundationEssentials

/// Rows with a file, times and a class as annotations that Raven and Audacity read.
enum AnnotationText {
  private struct Row {
    let file: String
    let start: Double, end: Double
    let label: String
    let score: Double?
  }

  /// A selection table of Raven for all files; times are those in each file.
  /// - Throws: `CommandError` for values that are no such rows.
  static func raven(_ value: Value) throws -> String {
    var text =
      "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t"
      + "Begin File\tFile Offset (s)\tAnnotation\tScore\n"
    for (number, row) in try rows(of: value).enumerated() {
      let fields = [
        "\(number + 1)", "Spectrogram 1", "1", row.start.shortText, row.end.shortText, "0", "24000",
        row.file, row.start.shortText, row.label, row.score?.shortText ?? "",
      ]
      text += fields.map(plain).joined(separator: "\t") + "\n"
    }
    return text
  }

  /// Label tracks of Audacity, by file.
  /// - Throws: `CommandError` for values that are no such rows.
  static func audacity(_ value: Value) throws -> [(file: String, text: String)] {
    var files: [ExactName] = [], texts: [ExactName: String] = [:]
    for row in try rows(of: value) {
      let name = ExactName(row.file)
      if texts[name] == nil { files.append(name) }
      let line = [row.start.shortText, row.end.shortText, row.label].map(plain)
      texts[name, default: ""] += line.joined(separator: "\t") + "\n"
    }
    return files.map { ($0.text, texts[$0] ?? "") }
  }

  /// Writes tracks: one recording as a file, several into a folder, one track each.
  /// - Throws: `CommandError` where two recordings would have the same track; `FileError`.
  static func writeAudacity(_ value: Value, to path: String) throws {
    let tracks = try audacity(value)
    if tracks.count == 1 || (tracks.isEmpty && PathBytes.hasEnding(path, ".txt")) {
      return try AtomicFile.write(path, text: tracks.first?.text ?? "")
    }
    if PathBytes.hasEnding(path, ".txt") {
      throw CommandError(
        "a track is of one recording, and these rows are of \(tracks.count)", argument: "file",
        hint: "give a folder: each recording gets a track in it")
    }
    var seen: Set<ExactName> = []
    for track in tracks {
      let name = ExactName(trackName(track.file))
      guard seen.insert(name).inserted else {
        throw CommandError(
          "two recordings would have the track '\(name.text)'", argument: "value")
      }
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw CommandError("the folder \(path.quoted) cannot be made", argument: "file") }
    for track in tracks {
      try AtomicFile.write("\(path)/\(trackName(track.file))", text: track.text)
    }
  }

  /// `sub/night.wav` as `night.txt`.
  private static func trackName(_ file: String) -> String {
    let name = PathBytes.lastComponent(of: file), ending = PathBytes.ending(of: file)
    return (ending.isEmpty ? name : String(name.dropLast(ending.count + 1))) + ".txt"
  }

  private static func rows(of value: Value) throws -> [Row] {
    guard let list = try List.convert(value) else {
      throw CommandError(
        "annotations are a list of records, found \(value.typeDescription)", argument: "value")
    }
    return try list.enumerated().map { position, item in
      guard case .record(let record) = item, case .string(let file)? = record["file"],
        case .number(let start)? = record["start"], case .number(let end)? = record["end"],
        case .string(let label)? = record["class"]
      else {
        throw CommandError(
          "value \(position) of the list is no row with file, start, end and class, found "
            + item.typeDescription, argument: "value", hint: "predict gives such rows")
      }
      var score: Double?
      if case .number(let number)? = record["score"] { score = number }
      return Row(file: file, start: start, end: end, label: label, score: score)
    }
  }

  /// A field without what ends one.
  private static func plain(_ text: String) -> String {
    text.contains { $0 == "\t" || $0.isNewline }
      ? String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 }) : text
  }
}
