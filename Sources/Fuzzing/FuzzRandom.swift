/// Numbers by chance that depend on nothing but their seed (SplitMix64): the same seed gives
/// the same inputs on every machine.
package struct FuzzRandom {
  private var state: UInt64

  /// The stream of one input of a target.
  package init(target: String, seed: UInt64, number: UInt64) {
    state = target.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    state = (next() ^ seed) &+ 0x9E37_79B9_7F4A_7C15
    state = next() ^ number
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `0..<limit`; 0 when there is no such number.
  package mutating func below(_ limit: Int) -> Int {
    limit > 0 ? Int(next().multipliedFullWidth(by: UInt64(limit)).high) : 0
  }

  package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 32) }

  /// Whether something happens that does so `percent` times of a hundred.
  package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of the elements, of which there must be at least one.
  package mutating func pick<Elements: RandomAccessCollection>(
    _ elements: Elements
  ) -> Elements.Element {
    elements[elements.index(elements.startIndex, offsetBy: below(elements.count))]
  }
}
