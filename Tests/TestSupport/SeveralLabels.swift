import ASTKit

/// A small data set whose clips have several of the classes a, b, c, one of them, or none.
public enum SeveralLabels {
  /// The classes of the clips, in their order.
  public static let labels: [[String]] = [
    ["a"], ["b"], ["a", "b"], [], ["c"], ["a", "c"], ["b"], [], ["a", "b", "c"], ["a"], ["b"],
    ["c"],
  ]

  /// 12 tones, whose files are in `folder` as long as it is kept.
  public static func load(
    in folder: TemporaryFolder? = nil, settings: FeatureSettings = TinyData.settings
  ) throws -> Dataset {
    let folder = try folder ?? TemporaryFolder()
    let entries = try labels.enumerated().map { index, labels in
      let name = "\(index < 10 ? "0" : "")\(index).wav"
      let tone = Sounds.tone(Double(200 + 57 * index), samples: 5000)
      return DatasetListing.Entry(
        path: try folder.write("several/\(name)", Sounds.wav(tone)), name: name, labels: labels)
    }
    var listing = DatasetListing(name: "several", entries: entries)
    listing.hasSeveralLabels = true
    return try Dataset.load(
      listing, classes: ["a", "b", "c"], settings: settings, cache: .none)
  }
}
