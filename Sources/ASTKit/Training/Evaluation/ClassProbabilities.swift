import Foundation

/// The softmax over the classes of one clip, in double precision.
struct ClassProbabilities {
  private let maximum: Double, sum: Double

  /// - Returns: `nil` where a logit is not finite, or there are none.
  init?(_ logits: [Float]) {
    guard let maximum = logits.max(), logits.allSatisfy(\.isFinite) else { return nil }
    self.maximum = Double(maximum)
    sum = logits.reduce(0) { $0 + exp(Double($1) - Double(maximum)) }
  }

  /// `exp(logit) / Σ exp(logits)`
  func probability(_ logit: Float) -> Double { exp(Double(logit) - maximum) / sum }

  /// Cross-entropy for the class with this logit, `log Σ exp(logits) − logit`.
  func loss(_ logit: Float) -> Double { log(sum) - (Double(logit) - maximum) }
}
