import ASTKit

/// A small data set of tones for `TinyModel`: classes a, b, c; 36 frames of 36 mel bins.
public enum TinyData {
  public static let settings = FeatureSettings(melBins: 36, frames: 36)

  /// 13 clips: three batches of 4 and one of a single clip.
  public static func load() throws -> DatasetView {
    let folder = try TemporaryFolder()
    try folder.writeTones(["a": 5, "b": 4, "c": 4], samples: 5000)
    let listing = try FolderSource(DatasetOptions(path: folder.path)).listing()
    return try Dataset.load(listing, settings: settings, cache: .none).all
  }
}
