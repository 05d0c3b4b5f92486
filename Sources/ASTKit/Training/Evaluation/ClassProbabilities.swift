import Foundation

/// What a logit says of a class by itself, in double precision.
enum BinaryProbability {
  /// `1 / (1 + e^-x)`
  static func probability(_ logit: Float) -> Double { 1 / (1 + exp(-Double(logit))) }

  /// Binary cross-entropy, `log(1 + e^-x)` of a positive and `log(1 + e^x)` of a negative.
  static func loss(_ logit: Float, isPositive: Bool) -> Double {
    let x = isPositive ? Double(logit) : -Double(logit)
    return log1p(exp(-abs(x))) + max(-x, 0)
  }
}

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
