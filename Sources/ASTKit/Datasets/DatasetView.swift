/// Some clips of a data set, such as one part of a split. The classes stay those of the whole.
public struct DatasetView: Sendable {
  public let dataset: Dataset
  /// Indices into `dataset.clips`.
  public let indices: [Int]
  /// What the part is called in messages: `train`, `valid`, `test`.
  public let name: String

  public init(dataset: Dataset, indices: [Int], name: String) {
    self.dataset = dataset
    self.indices = indices
    self.name = name
  }

  /// The clips that `holds` is true of.
  func filtered(_ name: String, _ holds: (AudioClip) -> Bool) -> DatasetView {
    DatasetView(
      dataset: dataset, indices: indices.filter { holds(dataset.clips[$0]) }, name: name)
  }

  /// Whether it is known which clips belong together.
  public var hasGroups: Bool { indices.contains { dataset.clips[$0].group != nil } }

  public var count: Int { indices.count }
  public var classes: [String] { dataset.classes }
  public var settings: FeatureSettings { dataset.settings }
  public var clips: [AudioClip] { indices.map { dataset.clips[$0] } }
  /// The label of every clip, in the order of `indices`.
  public var labels: [Int] { indices.map { dataset.clips[$0].label } }
  /// Length of the recordings together.
  public var seconds: Double { indices.reduce(0) { $0 + dataset.clips[$1].seconds } }
  /// Clips of each class [classes.count].
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for index in indices { counts[dataset.clips[index].label] += 1 }
    return counts
  }
}
