import ASTKit

/// A small data set of tones for `TinyModel`: classes a, b, c; 36 frames of 36 mel bins.
public enum TinyData {
  public static let settings = FeatureSettings(melBins: 36, frames: 36)

  /// 13 clips: three batches of 4 and one of a single clip.
  public static func load() throws -> DatasetView {
    let folder = try TemporaryFolder()
    // In a folder of a fixed name: a data set has its folder's name, and so have its runs.
    try folder.writeTones(["tones/a": 5, "tones/b": 4, "tones/c": 4], samples: 5000)
    let listing = try FolderSource(path: folder.file("tones")).listing()
    return try Dataset.load(listing, settings: settings, cache: .none).all
  }
}
