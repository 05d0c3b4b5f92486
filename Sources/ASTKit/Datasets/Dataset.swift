/// Sound clips with their classes and their features, decoded and in memory. Immutable:
/// splits and batches refer to clips by index.
public final class Dataset: Sendable {
  public let name: String
  /// The names of the classes, in the corpus's order or sorted; a label is an index into them.
  public let classes: [String]
  /// Whether a clip may have several classes, or none.
  public let hasSeveralLabels: Bool
  /// The clips, sorted by recording and time.
  public let clips: [AudioClip]
  /// How the features were made.
  public let settings: FeatureSettings
  /// Files left out because they cannot be read or decoded (only with `skip`).
  public let skipped: [UnusableFile]
  /// Where the listing came from, if it can be made again.
  let origin: DatasetOrigin?
  /// Labels of the listing that are no class, as all their clips were skipped.
  let lostLabels: [String]
  let store: FeatureStore

  init(
    _ listing: DatasetListing, classes: [ExactName], clips: [AudioClip],
    skipped: [UnusableFile], store: FeatureStore
  ) {
    name = listing.name
    origin = listing.origin
    hasSeveralLabels = listing.hasSeveralLabels(in: store.settings.windows)
    lostLabels = listing.labels.subtracting(classes).sorted().map(\.text)
    self.classes = classes.map(\.text)
    self.clips = clips
    self.skipped = skipped
    self.store = store
    settings = store.settings
  }

  public var count: Int { clips.count }
  /// Length of all sound in seconds; what several clips hold counts once.
  public var seconds: Double { all.seconds }
  /// Clips of each class [classes.count].
  public var counts: [Int] { all.counts }
  /// All clips as a view, to train or evaluate on everything.
  public var all: DatasetView {
    DatasetView(dataset: self, indices: Array(clips.indices), name: name)
  }
}
