/// How well scores put the positives of a set before its negatives.
///
/// Both measures follow the scores from the highest to the lowest. Equal scores are one
/// threshold, so that the order among them does not matter, as in scikit-learn.
public struct Ranking: Sendable, Equatable {
  /// Average precision, `Σ (Rₙ − Rₙ₋₁)·Pₙ` with the precision `Pₙ` and the recall `Rₙ` of the
  /// n-th threshold, without interpolation; `nil` where there are no positives.
  public let averagePrecision: Double?
  /// Area under the receiver operating characteristic by the trapezoid rule: the probability
  /// that a positive has a higher score than a negative, where equal scores count half. `nil`
  /// where there are no positives or no negatives.
  public let rocArea: Double?

  /// Ranks items by their scores.
  ///
  /// - Parameters:
  ///   - scores: one for each item, `[items]`; NaN stands behind all other scores.
  ///   - isPositive: which items are positives, `[items]`.
  public init(scores: [Double], isPositive: [Bool]) {
    // NaN has no place in an order, and sorting by one that is none gives anything.
    let ranked = zip(scores, isPositive)
      .map { (score: $0.isNaN ? -.infinity : $0, isPositive: $1) }
      .sorted { $0.score > $1.score }
    let positives = ranked.count(where: \.isPositive)
    let negatives = ranked.count - positives
    // Whole numbers keep the area exact: it is half of `twiceArea`, in pairs of items.
    var (truePositives, falsePositives, twiceArea) = (0, 0, 0)
    var precisions = 0.0
    var next = 0
    while next < ranked.count {
      let (score, before) = (ranked[next].score, (truePositives, falsePositives))
      repeat {
        if ranked[next].isPositive { truePositives += 1 } else { falsePositives += 1 }
        next += 1
      } while next < ranked.count && ranked[next].score == score
      twiceArea += (falsePositives - before.1) * (truePositives + before.0)
      precisions +=
        Double(truePositives - before.0) * Double(truePositives)
        / Double(truePositives + falsePositives)
    }
    averagePrecision = positives == 0 ? nil : precisions / Double(positives)
    rocArea =
      positives == 0 || negatives == 0
      ? nil : Double(twiceArea) / 2 / (Double(positives) * Double(negatives))
  }
}
