/// How a model does on a set of clips.
public struct Evaluation: Sendable {
  /// Mean cross-entropy over the clips.
  public let loss: Double
  /// The model's classes, of which some may not occur among the clips.
  public let classes: [String]
  /// True and predicted class of each clip, in order: indices into `classes`.
  public let labels: [Int], predictions: [Int]
  /// The head's output for each clip, `[clips][classes]`.
  public let logits: [[Float]]
  /// Name of each clip, its path below the data set's folder, `[clips]`.
  public let names: [String]

  /// Clips for which the model gives no finite logits: its weights are not finite, or too large.
  public var notFinite: Int { logits.count { !$0.allSatisfy(\.isFinite) } }

  /// Clips in all.
  public var count: Int { labels.count }

  /// Share of clips whose predicted class is the true one.
  public var accuracy: Double {
    let right = zip(labels, predictions).count { $0 == $1 }
    return count == 0 ? 0 : Double(right) / Double(count)
  }

  /// Clips by true class (rows) and predicted class (columns).
  public var confusion: [[Int]] {
    var table = [[Int]](
      repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (label, prediction) in zip(labels, predictions) { table[label][prediction] += 1 }
    return table
  }
}
