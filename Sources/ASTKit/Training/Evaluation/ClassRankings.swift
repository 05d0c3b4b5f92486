/// The rankings of the clips by the probability of each class, one class against the rest.
public struct ClassRankings: Sendable {
  /// Names of the classes, `[classes]`.
  public let classes: [String]
  /// Average precision and area under the ROC curve of each class, `[classes]`.
  public let rankings: [Ranking]

  /// Mean average precision (mAP) of the classes that have one; `nil` where none has.
  public var meanAveragePrecision: Double? { Self.mean(rankings.compactMap(\.averagePrecision)) }

  /// Mean area under the ROC curve of the classes that have one; `nil` where none has.
  public var meanROCArea: Double? { Self.mean(rankings.compactMap(\.rocArea)) }

  /// Classes without a clip, which `meanAveragePrecision` leaves out.
  public var withoutAveragePrecision: [String] { names { $0.averagePrecision == nil } }

  /// Classes that no clip or every clip has, which `meanROCArea` leaves out.
  public var withoutROCArea: [String] { names { $0.rocArea == nil } }

  private func names(where isLeftOut: (Ranking) -> Bool) -> [String] {
    zip(classes, rankings).filter { isLeftOut($1) }.map(\.0)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

extension Evaluation {
  /// Ranks the clips for each class by its softmax probability, or where clips may have several
  /// classes by its logit, which is the order of the probabilities and has no ties near 1; takes
  /// `classes · clips · log(clips)` comparisons.
  ///
  /// Clips whose logits are not finite have no probability and stand behind all others.
  ///
  /// - Parameter interrupt: polled between classes.
  /// - Throws: `EngineError.interrupted`
  public func classRankings(interrupt: InterruptFlag? = nil) throws -> ClassRankings {
    let clips = logits.map(ClassProbabilities.init)
    let rankings = try classes.indices.map { index in
      try interrupt?.check()
      let scores = zip(logits, clips).map { row, clip in
        clip.map { hasSeveralLabels ? Double(row[index]) : $0.probability(row[index]) }
          ?? -.infinity
      }
      return Ranking(scores: scores, isPositive: labelSets.map { $0.contains(index) })
    }
    return ClassRankings(classes: classes, rankings: rankings)
  }
}
