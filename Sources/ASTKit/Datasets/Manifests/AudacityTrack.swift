/// Label tracks of Audacity: a track, or a folder of them, that annotate recordings.
///
/// - A line is a start, an end and a label with tabs between them; an instant has the same start
///   and end. Lines that begin with `\` give frequencies and are passed over.
/// - The sound is the file of the track's name beside it, or `audio`.
public struct AudacityTrack: DatasetSource {
  public static let name = "audacity"
  public static let summary = "Label tracks of Audacity"

  public static let declarations = [
    SettingOf<AudacityTrack>(
      "audio", "the sound file, or the folder of them; default: beside the tracks", \.audio,
      isPath: true)
  ]

  public var path: String
  /// The sound file, or the folder of them; `nil`: beside the tracks.
  public var audio: String?

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let tracks = try AnnotationFiles.find(path, endings: ["txt"])
    var rows = ManifestRows(root: AnnotationFiles.folder(of: path))
    for track in tracks {
      try interrupt?.check()
      let sound = try AnnotationFiles.sound(for: track, in: audio)
      let lines = try AnnotationFiles.lines(track)
      var isEmpty = true
      for (number, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("\\") {
        let row = CorpusRow(path: track, line: number + 1)
        let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
          .map(String.init)
        guard fields.count >= 2 else {
          throw row.wrong(
            "start", expected: "a start, an end and a label with tabs between", found: line)
        }
        let span = try row.span(fields[0], fields[1], ("start", "end"), isInstantAllowed: true)
        rows.add(
          .init(
            file: sound, labels: CSVManifest.labels(fields.count > 2 ? fields[2] : ""), span: span,
            line: number + 1))
        isEmpty = false
      }
      if isEmpty { rows.add(.init(file: sound, labels: [])) }
    }
    return try rows.listing(PathBytes.lastComponent(of: path), path: path)
  }
}
