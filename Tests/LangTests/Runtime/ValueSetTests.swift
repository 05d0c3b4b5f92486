import Testing

@testable import Lang

/// The hash finds the values that `==` calls equal, and no others.
@Suite struct ValueSetTests {
  private static let values: [Value] = [
    .nil, true, false, 0, 1, -0.0, .number(.infinity), "", "a", "1", "true",
    .list([]), .numbers([1, 2]), .numbers([1, 3]), .range(NumberRange(1...2)),
    .range(NumberRange(0..<30)), .numbers((0..<30).map(Double.init)),
    .list([.numbers([1]), "a"]), .list([.numbers([1]), "b"]),
    .record(["a": 1, "b": 2]), .record(["b": 2, "a": 1]), .record(["a": 1]), .record([:]),
    .quantity(Quantity(10, .milliseconds)), .quantity(Quantity(0.01, .seconds)),
    .quantity(Quantity(1.1, .kilohertz)), .quantity(Quantity(1100, .hertz)),
    .quantity(Quantity(0, .hertz)), .quantity(Quantity(-0.0, .hertz)),
    .quantity(Quantity(0, .seconds)), .quantity(Quantity(10, .decibels)),
  ]

  @Test func foundAgainExactlyWhenEqual() throws {
    for a in Self.values {
      for b in Self.values {
        var set = ValueSet()
        _ = try set.insert(a)
        let isNew = try set.insert(b)
        #expect(try ValueComparison.areEqual(a, b) != isNew, "\(a.inline()) and \(b.inline())")
      }
    }
  }

  @Test func notANumberIsThereOnce() throws {
    var set = ValueSet()
    #expect(try set.insert(.number(.nan)))
    #expect(try !set.insert(.number(.nan)))
  }
}
