extension Evaluation {
  /// Cross-entropy of each clip, `[clips]`; infinite where its logits are not finite.
  public var losses: [Double] {
    zip(labels, logits).map { label, row in ClassProbabilities(row)?.loss(row[label]) ?? .infinity }
  }

  /// One clip and what the model made of it.
  public struct ClipResult: Sendable, Equatable {
    /// Path of the clip below the data set's folder.
    public let name: String
    /// True and predicted class: indices into `classes`.
    public let label: Int, prediction: Int
    /// Cross-entropy.
    public let loss: Double
  }

  /// The clips with the highest loss, the highest first; equal ones in the order of the data.
  ///
  /// - Parameter count: at most so many.
  public func worst(_ count: Int) -> [ClipResult] {
    let losses = losses
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    return order.prefix(max(0, count)).map {
      ClipResult(
        name: names[$0], label: labels[$0], prediction: predictions[$0], loss: losses[$0])
    }
  }
}
