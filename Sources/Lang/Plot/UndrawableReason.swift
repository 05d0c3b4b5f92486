import ASTKit

/// Why none of some values has a place in a plot.
public struct UndrawableReason: OptionSet, Sendable, Equatable, CustomStringConvertible {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Some are NaN or infinite.
  public static let notFinite = UndrawableReason(rawValue: 1)
  /// Some are so large that gnuplot takes them as undefined.
  public static let tooLarge = UndrawableReason(rawValue: 2)
  /// Some are 0 or less where the axis is logarithmic.
  public static let notPositive = UndrawableReason(rawValue: 4)

  /// What is wrong with `values`, of which none can be drawn; empty when there are none.
  init(_ values: some Sequence<Double>, positiveOnly: Bool = false) {
    self = .union(
      values.map { value in
        if !value.isFinite { return .notFinite }
        if !CurveReduction.isDrawable(value) { return .tooLarge }
        return positiveOnly && value <= 0 ? .notPositive : []
      })
  }

  static func union(_ reasons: some Sequence<UndrawableReason>) -> UndrawableReason {
    reasons.reduce([]) { $0.union($1) }
  }

  public var description: String {
    var parts: [String] = []
    if contains(.notFinite) { parts.append("NaN and infinity have no place in a plot") }
    if contains(.tooLarge) {
      parts.append(
        "numbers of \(CurveReduction.largest.shortText) and more are too large for gnuplot")
    }
    if contains(.notPositive) {
      parts.append("a logarithmic axis has no place for values of 0 and below")
    }
    return parts.isEmpty ? "there is none yet" : parts.joined(separator: ", and ")
  }
}
