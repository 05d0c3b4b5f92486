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

  /// Precision, recall and their harmonic mean for one class.
  public struct ClassScore: Sendable {
    public let name: String
    /// Clips of the class.
    public let count: Int
    /// Right among those predicted to be of the class, and right among those that are.
    public let precision: Double, recall: Double
    public var f1: Double {
      precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
  }

  /// Scores of each class; 0 where there is nothing to divide by.
  public var classScores: [ClassScore] {
    let table = confusion
    return classes.indices.map { i in
      let right = Double(table[i][i])
      let actual = table[i].reduce(0, +)
      let predicted = table.reduce(0) { $0 + $1[i] }
      return ClassScore(
        name: classes[i], count: actual,
        precision: predicted == 0 ? 0 : right / Double(predicted),
        recall: actual == 0 ? 0 : right / Double(actual))
    }
  }

  /// Mean F1 of the classes that occur.
  public var macroF1: Double {
    let scores = classScores.filter { $0.count > 0 }
    return scores.isEmpty ? 0 : scores.reduce(0) { $0 + $1.f1 } / Double(scores.count)
  }
}

extension AudioClassifier {
  /// Runs the model over clips without changing it.
  ///
  /// - Parameters:
  ///   - batch: clips at a time; the result does not depend on it beyond rounding.
  ///   - cache: has what the frozen prefix gave for these clips before, if it did; keeps it
  ///     where there is room.
  ///   - interrupt: polled between batches.
  ///   - progress: told (done, total) clips.
  /// - Throws: `EngineError.classes` or `.refused` for clips that do not fit the model,
  ///   `.interrupted`, and what a forward pass throws.
  public func evaluate(
    _ view: DatasetView, batch: Int = 32, cache: PrefixCache = .shared,
    interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    try evaluate(view, batch: batch, interrupt: interrupt, progress: progress) {
      PrefixPass(self, $0, cache, makesRoom: false, interrupt: interrupt)
    }
  }

  /// The same, with a pass through the frozen prefix for the batches, if there is one.
  func evaluate(
    _ view: DatasetView, batch: Int, interrupt: InterruptFlag?,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    prefix: (Batches) -> PrefixPass?
  ) throws -> Evaluation {
    let match = try check(fits: view)
    try requireMemory(batch: min(batch, view.count), of: view.settings.shape, training: false)
    guard view.count > 0 else { throw EngineError.refused("'\(view.name)' has no clips") }
    var predictions: [Int] = []
    var labels: [Int] = []
    var allLogits: [[Float]] = []
    var total = 0.0
    let batches = try Batches(inOrder: view, size: batch)
    let pass = prefix(batches)
    for indices in batches.epoch(0) {
      try interrupt?.check()
      let start = try pass?.start(of: indices) ?? .input(batches.input(indices))
      let expected = batches.labels(indices).map { match.indices[$0] }
      let tape = Tape(.inference, recording: false, interrupt: interrupt)
      let logits = try forward(from: start, lengths: batches.lengths(indices), tape)
      let loss = try tape.crossEntropy(logits, labels: expected)
      total += Double(loss.pointer[0]) * Double(expected.count)
      predictions += AudioClassifier.predictions(logits)
      labels += expected
      let values = logits.values
      allLogits += (0..<logits.rows).map {
        Array(values[($0 * logits.columns)..<(($0 + 1) * logits.columns)])
      }
      progress(labels.count, view.count)
    }
    return Evaluation(
      loss: total / Double(labels.count), classes: classes, labels: labels,
      predictions: predictions, logits: allLogits)
  }

  /// The most likely class of each row of logits `[batch, classes]`.
  static func predictions(_ logits: Tensor) -> [Int] {
    let classes = logits.columns
    return (0..<logits.rows).map { row in
      let p = logits.pointer + row * classes
      return (0..<classes).max { p[$0] < p[$1] } ?? 0
    }
  }
}
