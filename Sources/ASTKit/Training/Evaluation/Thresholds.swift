/// From which probability on a clip is said to have a class, chosen for each class by itself.
public enum Thresholds {
  /// What holds for a class where none was chosen.
  public static let standard = 0.5

  /// The threshold that gives a class the highest F1, `2·TP / (2·TP + FP + FN)`.
  ///
  /// It lies in the middle between the lowest probability that is taken and the highest that is not
  /// (0 where all are taken). Of several with the same F1 the highest is chosen, which says yes the
  /// fewest times. A class without positives keeps `standard`.
  ///
  /// - Parameters:
  ///   - probabilities: one for each clip, `[clips]`; NaN is never taken.
  ///   - isPositive: which clips have the class, `[clips]`.
  /// - Returns: above 0 and below 1.
  public static func best(probabilities: [Double], isPositive: [Bool]) -> Double {
    let ranked = zip(probabilities, isPositive).filter { !$0.0.isNaN }.sorted { $0.0 > $1.0 }
    let positives = isPositive.count(where: \.self)
    var (right, highest, threshold) = (0, 0.0, standard)
    for (index, (probability, isPositive)) in ranked.enumerated() {
      right += isPositive ? 1 : 0
      let next = index + 1 < ranked.count ? ranked[index + 1].0 : 0
      // Equal probabilities are taken together.
      guard next < probability else { continue }
      let f1 = 2 * Double(right) / Double(index + 1 + positives)
      guard f1 > highest else { continue }
      let middle = (probability + next) / 2
      (highest, threshold) = (f1, middle > next ? middle : probability)
    }
    return min(max(threshold, .leastNormalMagnitude), (1.0).nextDown)
  }

  /// What is wrong with thresholds of so many classes that a file has; `nil` if nothing is.
  static func fault(_ thresholds: [Double]?, classes: Int) -> String? {
    guard let thresholds else { return nil }
    if let bad = thresholds.first(where: { !($0 > 0 && $0 < 1) }) {
      return "expected thresholds above 0 and below 1, found \(bad)"
    }
    return thresholds.count == classes
      ? nil : "expected a threshold for each of \(classes) classes, found \(thresholds.count)"
  }
}

extension Evaluation {
  /// The thresholds with the highest F1 on these clips, `[classes]`, see `Thresholds.best`.
  public var bestThresholds: [Double] {
    classes.indices.map { index in
      Thresholds.best(
        probabilities: logits.map { BinaryProbability.probability($0[index]) },
        isPositive: labelSets.map { $0.contains(index) })
    }
  }
}

extension AudioClassifier {
  /// From which probability on a clip is said to have each class, in the order of `classes`; chosen
  /// for what is in force. `nil`: 0.5 for all.
  public var thresholds: [Double]? { adaptation.thresholds }

  /// `thresholds`, or 0.5 for all.
  var thresholdsInForce: [Double] {
    thresholds ?? [Double](repeating: Thresholds.standard, count: classes.count)
  }

  /// Keeps thresholds for what is in force.
  /// - Throws: `EngineError.setting` unless there is one above 0 and below 1 for each class.
  public func setThresholds(_ thresholds: [Double]?) throws {
    if let fault = Thresholds.fault(thresholds, classes: classes.count) {
      throw EngineError.refused(fault)
    }
    change { adaptation.thresholds = thresholds }
  }

  /// Chooses the thresholds with the highest F1 of each class on some clips, and keeps them.
  ///
  /// - Parameters: as of `evaluate`.
  /// - Returns: what it found at these thresholds.
  /// - Throws: as `evaluate`; `EngineError.refused` for clips of one class each, and for logits that
  ///   are not finite. The thresholds are as before then.
  @discardableResult
  public func chooseThresholds(
    on view: DatasetView, batch: Int = 32, cache: PrefixCache = .shared,
    interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    guard view.hasSeveralLabels else {
      throw EngineError.refused(
        "thresholds are for clips that may have several classes; those of '\(view.name)' have one "
          + "each, the most likely one")
    }
    let result = try evaluate(
      view, batch: batch, cache: cache, interrupt: interrupt, progress: progress)
    guard result.notFinite == 0 else {
      throw EngineError.refused(
        "\(result.notFinite) of \(result.count) clips give no finite logits")
    }
    let chosen = result.bestThresholds
    try setThresholds(chosen)
    return Evaluation(
      loss: result.loss, classes: result.classes, labelSets: result.labelSets, thresholds: chosen,
      logits: result.logits, names: result.names)
  }
}
