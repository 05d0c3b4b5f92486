/// Fluent Speech Commands: 30,043 spoken orders to a house, 31 intents.
///
/// - Layout: `data/train_data.csv`, `valid_data.csv`, `test_data.csv` (path, speakerId,
///   transcription, action, object, location), `wavs/`.
/// - Class: `action/object/location`. Group: `speakerId`. Parts: the three files.
/// - L. Lugosch et al., "Speech Model Pre-training for End-to-End Spoken Language Understanding",
///   Interspeech 2019. Licence: for academic research only.
public struct FluentSpeech: DatasetSource {
  public static let name = "fluentspeech"
  public static let summary = "Fluent Speech Commands: spoken orders, 31 classes, fixed parts"

  /// In the order of the published code.
  static let intents =
    [
      "change language/none/none", "activate/music/none", "activate/lights/none",
      "deactivate/lights/none", "increase/volume/none", "decrease/volume/none",
      "increase/heat/none", "decrease/heat/none", "deactivate/music/none", "activate/lamp/none",
      "deactivate/lamp/none",
    ] + rooms("activate/lights") + rooms("deactivate/lights") + rooms("increase/heat")
    + rooms("decrease/heat")
    + ["newspaper", "juice", "socks"].map { "bring/\($0)/none" }
    + ["Chinese", "Korean", "English", "German"].map { "change language/\($0)/none" }
    + ["bring/shoes/none"]

  private static func rooms(_ order: String) -> [String] {
    ["kitchen", "bedroom", "washroom"].map { "\(order)/\($0)" }
  }

  /// The corpus's folder, or the one above it.
  public var path: String

  public init(path: String) { self.path = path }

  public func listing(interrupt: InterruptFlag?) throws -> DatasetListing {
    let folder = try CorpusFolder(path, of: Self.name, marks: ["data/train_data.csv"])
    let known = Set(Self.intents)
    let columns = ["path", "speakerId", "action", "object", "location"]
    var entries: [DatasetListing.Entry] = []
    for part in ["train", "valid", "test"] {
      let table = try folder.table("data/\(part)_data.csv")
      entries += try table.rows(columns) { (fields, row) throws(DatasetError) in
        let name = try row.file(fields[0], "path")
        let intent = fields[2...].joined(separator: "/")
        guard known.contains(intent) else {
          throw row.wrong(
            "action/object/location", expected: "one of the \(known.count) intents", found: intent)
        }
        return DatasetListing.Entry(
          path: folder.file(name), name: name, label: intent, group: fields[1], part: part)
      }
    }
    return try folder.listing(entries, classes: Self.intents, complete: 30_043)
  }

  public static func folds(_ clips: DatasetView, validOnTest: Bool) throws(DatasetError) -> [Fold]?
  {
    [try Fold.fixed(clips)]
  }
}
