/// What a model makes of a window of a recording.
public struct Prediction: Sendable {
  /// The file, as the caller names it.
  public let file: String
  public let span: ClipSpan
  /// The probability of each class [classes]: they add up to 1, but where a clip may have several.
  public let probabilities: [Double]
}

/// Which classes of a prediction are told.
public struct PredictionChoice: Sendable, Equatable {
  /// At most so many, the most likely first.
  public var top: Int?
  /// Only those at least so likely.
  public var threshold: Double?

  /// - Parameters: as the properties; `nil` leaves it to the kind of the model.
  public init(top: Int? = nil, threshold: Double? = nil) {
    (self.top, self.threshold) = (top, threshold)
  }

  /// The classes that are told.
  ///
  /// Of a model whose clips have one class the most likely one, unless told otherwise; of one whose
  /// clips may have several, each class above its threshold.
  ///
  /// - Parameter thresholds: of the classes, where clips may have several.
  public func classes(of probabilities: [Double], thresholds: [Double]?) -> [Int] {
    // Of equal ones the first, as everywhere.
    let order = probabilities.indices.sorted {
      (probabilities[$1], $0) < (probabilities[$0], $1)
    }
    var chosen = order[...]
    if let threshold {
      chosen = chosen.filter { probabilities[$0] >= threshold }[...]
    } else if let thresholds, top == nil {
      chosen = chosen.filter { probabilities[$0] >= thresholds[$0] }[...]
    }
    if let top { return Array(chosen.prefix(top)) }
    return threshold == nil && thresholds == nil ? Array(chosen.prefix(1)) : Array(chosen)
  }
}
