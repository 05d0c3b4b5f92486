extension Evaluation {
  /// Cross-entropy of each clip, or the mean of its binary cross-entropies over the classes,
  /// `[clips]`; infinite where its logits are not finite.
  public var losses: [Double] {
    zip(labelSets, logits).map { labels, row in
      guard let clip = ClassProbabilities(row) else { return .infinity }
      guard hasSeveralLabels else { return labels.first.map { clip.loss(row[$0]) } ?? .infinity }
      return row.indices.reduce(0) {
        $0 + BinaryProbability.loss(row[$1], isPositive: labels.contains($1))
      } / Double(row.count)
    }
  }

  /// One clip and what the model made of it.
  public struct ClipResult: Sendable, Equatable {
    /// Path of the clip below the data set's folder.
    public let name: String
    /// True and predicted classes: indices into `classes`, one each where clips have one.
    public let labels: [Int], predictions: [Int]
    /// Cross-entropy.
    public let loss: Double

    /// True and predicted class where clips have one.
    public var label: Int { labels.first ?? 0 }
    /// See `label`.
    public var prediction: Int { predictions.first ?? 0 }
  }

  /// The clips with the highest loss, the highest first; equal ones in the order of the data.
  ///
  /// - Parameter count: at most so many.
  public func worst(_ count: Int) -> [ClipResult] {
    let losses = losses
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    return order.prefix(max(0, count)).map {
      ClipResult(
        name: names[$0], labels: labelSets[$0], predictions: predictionSets[$0], loss: losses[$0])
    }
  }
}
