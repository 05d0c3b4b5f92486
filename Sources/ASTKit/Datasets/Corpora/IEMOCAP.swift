/// IEMOCAP, acted emotions: the 5,531 utterances of four emotions, by 10 speakers in 5 sessions.
///
/// - Layout: `Session1..5/dialog/EmoEvaluation/*.txt`, of which the lines that begin with `[` hold
///   times, utterance, label and three ratings, with tabs between them;
///   `SessionN/sentences/wav/DIALOG/UTTERANCE.wav`.
/// - Class: neu, hap (with exc), sad, ang; other labels are left out. Group: session and speaker.
/// - Folds: 10. Of the session that does not train one speaker validates and the other tests, then
///   the two change places.
/// - C. Busso et al., "IEMOCAP: Interactive emotional dyadic motion capture database", Language
///   Resources and Evaluation 42(4), 2008. Licence: on request, for research.
public struct IEMOCAP: DatasetSource {
  public static let name = "iemocap"
  public static let summary = "IEMOCAP: acted emotions, 4 classes, 5 sessions of 2 speakers"

  private static let emotions = [
    "neu": "neutral", "hap": "happy", "exc": "happy", "sad": "sad", "ang": "angry",
  ]
  /// The corpus's folder, or the one above it.
  public var path: String

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let marks = (1...5).map { "Session\($0)/dialog/EmoEvaluation" }
    let folder = try CorpusFolder(path, of: Self.name, marks: marks)
    var entries: [DatasetListing.Entry] = []
    for session in 1...5 where Disk.status(folder.file(marks[session - 1])) != nil {
      let lists = try CorpusFolder.names(in: folder.file(marks[session - 1]))
        .filter { PathBytes.hasEnding($0, "txt") && !$0.hasPrefix(".") }
      for list in lists.sorted() {
        try interrupt?.check()
        let file = "\(marks[session - 1])/\(list)"
        for (number, line) in try folder.lines(file).enumerated() where line.hasPrefix("[") {
          let row = CorpusRow(path: folder.file(file), line: number + 1)
          entries += try Self.entry(line, row, folder, session).map { [$0] } ?? []
        }
      }
    }
    return try folder.listing(
      entries, classes: ["neutral", "happy", "sad", "angry"], complete: 5531)
  }

  private static func entry(
    _ line: String, _ row: CorpusRow, _ folder: CorpusFolder, _ session: Int
  ) throws(DatasetError) -> DatasetListing.Entry? {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count >= 3 else {
      throw row.wrong("line", expected: "times, utterance and label, with tabs", found: line)
    }
    let utterance = try row.file(fields[1], "utterance")
    let parts = utterance.split(separator: "_")
    guard let last = parts.last, let speaker = last.first, "FM".contains(speaker), parts.count > 1
    else {
      throw row.wrong("utterance", expected: "a name such as Ses01F_impro01_F000", found: fields[1])
    }
    guard let emotion = emotions[fields[2]] else { return nil }
    let dialog = parts.dropLast().joined(separator: "_")
    let name = "Session\(session)/sentences/wav/\(dialog)/\(utterance).wav"
    return DatasetListing.Entry(
      path: folder.file(name), name: name, label: emotion, group: "session\(session)\(speaker)",
      part: "session\(session)")
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    let present = Set(clips.clips.compactMap(\.part))
    return [5, 1, 2, 3, 4].filter { present.contains("session\($0)") }.flatMap { session in
      ["M", "F"].map { tested in
        let other = tested == "M" ? "F" : "M"
        func part(_ name: String, _ holds: (AudioClip) -> Bool) -> DatasetView {
          clips.filtered(name, holds)
        }
        let test = part("test") { $0.group == "session\(session)\(tested)" }
        return Fold(
          name: "session\(session)\(tested)",
          train: part("train") { $0.part != "session\(session)" },
          valid: validOnTest ? test : part("valid") { $0.group == "session\(session)\(other)" },
          test: test)
      }
    }
  }
}
