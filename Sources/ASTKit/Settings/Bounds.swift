/// Where a number must lie: for the checks of the engine and of the language, and for help.
public struct Bounds: Sendable, Equatable {
  let lower: Double?
  let lowerIncluded: Bool
  let upper: Double?
  let upperIncluded: Bool

  private init(
    _ lower: Double?, included lowerIncluded: Bool, _ upper: Double?, included upperIncluded: Bool
  ) {
    self.lower = lower
    self.lowerIncluded = lowerIncluded
    self.upper = upper
    self.upperIncluded = upperIncluded
  }

  /// No less than `lower`.
  public static func atLeast(_ lower: Double) -> Bounds {
    Bounds(lower, included: true, nil, included: true)
  }
  /// More than `lower`.
  public static func above(_ lower: Double) -> Bounds {
    Bounds(lower, included: false, nil, included: true)
  }
  /// No more than `upper`.
  public static func atMost(_ upper: Double) -> Bounds {
    Bounds(nil, included: true, upper, included: true)
  }
  /// Both ends included; an end at the largest finite number is no end at all.
  public static func between(_ range: ClosedRange<Double>) -> Bounds {
    let largest = Double.greatestFiniteMagnitude
    return Bounds(
      range.lowerBound > -largest ? range.lowerBound : nil, included: true,
      range.upperBound < largest ? range.upperBound : nil, included: true)
  }
  /// The lower end included, the upper one not.
  public static func between(_ range: Range<Double>) -> Bounds {
    Bounds(range.lowerBound, included: true, range.upperBound, included: false)
  }
  /// Greater than the lower end and at most the upper one.
  public static func above(_ lower: Double, atMost upper: Double) -> Bounds {
    Bounds(lower, included: false, upper, included: true)
  }
  /// Greater than the lower end and less than the upper one.
  public static func above(_ lower: Double, below upper: Double) -> Bounds {
    Bounds(lower, included: false, upper, included: false)
  }

  /// Whether the number lies there; NaN never does.
  public func contains(_ number: Double) -> Bool {
    if let lower, lowerIncluded ? !(number >= lower) : !(number > lower) { return false }
    if let upper, upperIncluded ? !(number <= upper) : !(number < upper) { return false }
    return !number.isNaN
  }

  /// In words: `at least 1`, `above 0 and below 1`.
  public var text: String {
    if let lower, let upper, lowerIncluded, upperIncluded {
      return "between \(lower.shortText) and \(upper.shortText)"
    }
    let below = upper.map { (upperIncluded ? "at most " : "below ") + $0.shortText }
    let above = lower.map { (lowerIncluded ? "at least " : "above ") + $0.shortText }
    return [above, below].compactMap { $0 }.joined(separator: " and ")
  }
}
