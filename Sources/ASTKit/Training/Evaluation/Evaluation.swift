/// How a model does on a set of clips.
///
/// Where clips may have several classes, or none, each class is a question of its own: the model
/// says yes where the sigmoid of its logit reaches the threshold of the class.
public struct Evaluation: Sendable {
  /// Mean over the clips of the cross-entropy; where clips may have several classes, of the binary
  /// cross-entropy, itself a mean over the classes.
  public let loss: Double
  /// The model's classes, of which some may not occur among the clips.
  public let classes: [String]
  /// Whether clips may have several classes, or none.
  public let hasSeveralLabels: Bool
  /// True and predicted class of each clip, in order: indices into `classes`. Empty where clips may
  /// have several.
  public let labels: [Int], predictions: [Int]
  /// All true and all predicted classes of each clip, in order: indices into `classes`, rising.
  public let labelSets: [[Int]], predictionSets: [[Int]]
  /// The probability from which on a clip is said to have a class, `[classes]`; `nil` where each
  /// clip has one class.
  public let thresholds: [Double]?
  /// The head's output for each clip, `[clips][classes]`.
  public let logits: [[Float]]
  /// Name of each clip, its path below the data set's folder, `[clips]`.
  public let names: [String]

  /// Of clips with one class each.
  init(
    loss: Double, classes: [String], labels: [Int], predictions: [Int], logits: [[Float]],
    names: [String]
  ) {
    (self.loss, self.classes, self.logits, self.names) = (loss, classes, logits, names)
    (self.labels, self.predictions) = (labels, predictions)
    (labelSets, predictionSets) = (labels.map { [$0] }, predictions.map { [$0] })
    (hasSeveralLabels, thresholds) = (false, nil)
  }

  /// Of clips that may have several classes.
  init(
    loss: Double, classes: [String], labelSets: [[Int]], thresholds: [Double], logits: [[Float]],
    names: [String]
  ) {
    (self.loss, self.classes, self.logits, self.names) = (loss, classes, logits, names)
    (labels, predictions) = ([], [])
    self.labelSets = labelSets
    self.thresholds = thresholds
    predictionSets = logits.map { row in
      row.indices.filter { BinaryProbability.probability(row[$0]) >= thresholds[$0] }
    }
    hasSeveralLabels = true
  }

  /// Clips for which the model gives no finite logits: its weights are not finite, or too large.
  public var notFinite: Int { logits.count { !$0.allSatisfy(\.isFinite) } }

  /// Clips in all.
  public var count: Int { logits.count }

  /// Share of clips whose predicted classes are exactly the true ones, also known as subset accuracy
  /// where there may be several.
  public var accuracy: Double {
    let right = zip(labelSets, predictionSets).count { $0 == $1 }
    return count == 0 ? 0 : Double(right) / Double(count)
  }

  /// Clips by true class (rows) and predicted class (columns); no rows where clips may have several,
  /// which are not taken for each other one by one.
  public var confusion: [[Int]] {
    if hasSeveralLabels { return [] }
    var table = [[Int]](
      repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (label, prediction) in zip(labels, predictions) { table[label][prediction] += 1 }
    return table
  }
}
