extension Double {
  /// The shortest text that reads back as the same number; whole numbers have no point.
  public var shortText: String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    if self == rounded(), abs(self) < 1e16 {
      return self == 0 ? "0" : String(Int(clamped: self))
    }
    let text = description
    guard let e = text.firstIndex(of: "e") else { return text }
    // 1e-05 and 1e+16 of the standard library, in the field's own form.
    var mantissa = text[..<e]
    if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
    let exponent = Int(text[text.index(after: e)...]) ?? 0
    return "\(mantissa)e\(exponent)"
  }
}
