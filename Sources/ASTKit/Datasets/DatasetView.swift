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

  public var count: Int { indices.count }
  public var classes: [String] { dataset.classes }
  public var settings: FeatureSettings { dataset.settings }
  /// Whether a clip may have several classes, or none.
  public var hasSeveralLabels: Bool { dataset.hasSeveralLabels }
  public var clips: [AudioClip] { indices.map { dataset.clips[$0] } }
  /// The label of every clip, in the order of `indices`, where clips have one.
  public var labels: [Int] { indices.map { dataset.clips[$0].label } }
  /// Length of the sound in seconds; what several clips hold counts once.
  public var seconds: Double {
    Dictionary(grouping: clips, by: \.path).values.reduce(0) { sum, parts in
      guard parts.allSatisfy({ $0.span != nil }) else {
        return sum + (parts.filter { $0.span == nil }.map(\.seconds).max() ?? 0)
      }
      return sum + ClipSpan.joined(parts.compactMap(\.span)).reduce(0) { $0 + $1.seconds }
    }
  }
  /// Clips of each class [classes.count]; one with several counts in each.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for index in indices {
      for label in dataset.clips[index].labels { counts[label] += 1 }
    }
    return counts
  }
  /// Clips that have none of the classes.
  public var negatives: Int { indices.count { dataset.clips[$0].labels.isEmpty } }
}
