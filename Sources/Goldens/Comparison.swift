import ASTKit

/// Gathers what differs more than it may, and the largest deviation of each kind.
struct Comparison {
  private(set) var failures: [String] = []
  private(set) var worst: [String: Double] = [:]

  /// Compares values, each allowed `absolute + relative · |reference|` and its own extra.
  mutating func check(
    _ kind: String, _ name: String, _ found: [Float], _ expected: [Float], absolute: Double,
    relative: Double = 0, extra: [Double] = []
  ) {
    guard found.count == expected.count else {
      failures.append("\(name): \(found.count) values, expected \(expected.count)")
      return
    }
    var (largest, excess) = (0.0, 0.0)
    for (i, (a, b)) in zip(found, expected).enumerated() {
      let difference = a == b ? 0 : abs(Double(a) - Double(b))
      largest = difference.isFinite ? max(largest, difference) : .infinity
      let allowed = relative * abs(Double(b)) + (extra.isEmpty ? 0 : extra[i])
      excess = max(excess, difference.isFinite ? difference - allowed : .infinity)
    }
    worst[kind] = max(worst[kind] ?? 0, largest)
    if let most = extra.max() {
      worst["\(kind) rounding"] = max(worst["\(kind) rounding"] ?? 0, most)
    }
    if !(excess <= absolute) {
      failures.append("\(name) differs by \(Comparison.short(largest)) (allowed \(absolute))")
    }
  }

  mutating func check(
    _ kind: String, _ name: String, _ found: Tensor, _ expected: Tensor,
    absolute: Double, relative: Double = 0, extra: [Double] = []
  ) {
    guard found.shape == expected.shape else {
      failures.append("\(name) has shape \(found.shape), expected \(expected.shape)")
      return
    }
    check(
      kind, name, found.values, expected.values, absolute: absolute, relative: relative,
      extra: extra)
  }

  mutating func require(_ holds: Bool, _ failure: @autoclosure () -> String) {
    if !holds { failures.append(failure()) }
  }

  static func short(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "\(value)" }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return "\((mantissa * 10).rounded() / 10)e\(exponent)"
  }
}
