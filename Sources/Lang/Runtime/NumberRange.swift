import ASTKit

/// `lower...upper` or `lower..<upper`, counted in steps of one.
public struct NumberRange: Sendable, Equatable {
  /// The first number.
  public let lower: Double
  /// The end; a number of the range only if `isClosed` and whole steps lead to it.
  public let upper: Double
  /// Whether the end belongs to it, as in `0...3`.
  public let isClosed: Bool

  /// `lower...upper` when closed, else `lower..<upper`.
  public init(_ lower: Double, _ upper: Double, isClosed: Bool) {
    self.lower = lower
    self.upper = upper
    self.isClosed = isClosed
  }

  /// The whole numbers of a Swift range, its end included.
  public init(_ range: ClosedRange<Int>) {
    self.init(Double(range.lowerBound), Double(range.upperBound), isClosed: true)
  }

  /// The whole numbers of a Swift range, without its end.
  public init(_ range: Range<Int>) {
    self.init(Double(range.lowerBound), Double(range.upperBound), isClosed: false)
  }

  /// How many numbers it holds; 0 when it runs backwards, and never more than 2^53.
  public var count: Int {
    let steps = upper - lower
    guard steps >= 0 else { return 0 }
    let whole = isClosed ? steps.rounded(.down) + 1 : steps.rounded(.up)
    return Int(clamped: min(whole, 9_007_199_254_740_992))
  }

  /// The number at a position counted from 0; the position is not checked.
  public subscript(position: Int) -> Double { lower + Double(position) }

  /// Whether a number lies between the ends, a step of the range or not.
  public func contains(_ number: Double) -> Bool {
    number >= lower && (isClosed ? number <= upper : number < upper)
  }

  /// The whole numbers inside, or `nil` when the ends are not whole or it is very long.
  public var integers: [Int]? {
    guard lower == lower.rounded(), count <= Limits.listCount, abs(lower) < 1e15 else {
      return nil
    }
    return (0..<count).map { Int(clamped: lower) + $0 }
  }

  /// The range as a script writes it: `0..<3`.
  public var text: String {
    lower.shortText + (isClosed ? "..." : "..<") + upper.shortText
  }
}
