/// One clip of a data set: a recording, or a part of one.
public struct AudioClip: Sendable, Equatable {
  /// Where the file is.
  public let path: String
  /// What tells it from all others: the path of its recording below the data set's folder and,
  /// of a part, the part in seconds, as in `street/3.wav@2.5-7.5`.
  public let name: String
  /// The path of its recording below the data set's folder.
  public let recording: String
  /// Its classes: indices into `Dataset.classes`, rising. One, but in a set whose clips may have
  /// several; none is a clip of which every class is known to be absent.
  public let labels: [Int]
  /// What it comes from, such as a speaker, which a split keeps on one side.
  public let group: String?
  /// The fold or part of the corpus it belongs to.
  public let part: String?
  /// What else a table says of it, by column.
  public let columns: [String: String]
  /// The part of the recording; `nil` for all of it.
  public let span: ClipSpan?
  /// Its length in seconds, before it is cut or padded.
  public let seconds: Double
  /// What the file held when it was read.
  public let file: FileDigest
  /// What the recording is like, where that is known.
  public let facts: SoundFacts?
  let slot: Int

  /// Its class where clips have one.
  public var label: Int { labels.first ?? 0 }

  /// What its features are made of: other clips with the same are the same sound.
  var identity: ClipIdentity { ClipIdentity(file: file, span: span) }
}

/// A part of a recording in seconds.
public struct ClipSpan: Hashable, Sendable, Codable {
  /// Where it begins, and where it ends: at most the recording's length.
  public var start: Double, end: Double

  /// - Parameters: seconds from the beginning of the recording.
  public init(start: Double, end: Double) { (self.start, self.end) = (start, end) }

  /// Its length.
  public var seconds: Double { end - start }

  /// How many seconds of it lie in the other, too; negative for the gap between them.
  func overlap(_ other: ClipSpan) -> Double { min(end, other.end) - max(start, other.start) }

  /// `2.5-7.5`, with no more digits than tell it from others.
  public var text: String { "\(Self.digits(start))-\(Self.digits(end))" }

  private static func digits(_ seconds: Double) -> String {
    seconds == seconds.rounded() && abs(seconds) < 1e15 ? "\(Int(clamped: seconds))" : "\(seconds)"
  }
}

/// A sound by its contents, wherever the file lies.
struct ClipIdentity: Hashable, Sendable {
  let file: FileDigest
  let span: ClipSpan?
}
