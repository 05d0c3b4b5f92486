extension Int {
  /// The whole part of a number, cut to what an `Int` can hold; 0 for NaN.
  ///
  /// `Int(_:)` of a number that a person or a file gave may trap; this cannot.
  public init(clamped number: Double) {
    if let exact = Int(exactly: number.rounded(.towardZero)) {
      self = exact
    } else {
      self = number.isNaN ? 0 : number < 0 ? .min : .max
    }
  }
}
