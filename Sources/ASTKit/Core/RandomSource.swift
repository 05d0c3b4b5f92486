/// A seeded stream of random numbers that is the same on every machine: xoshiro256**
/// (Blackman and Vigna, 2018), seeded through splitmix64. Its whole state is four words,
/// so that a checkpoint can keep it.
public struct RandomSource: RandomNumberGenerator, Sendable, Equatable {
  /// The generator's state; save and restore it to continue a stream to the bit.
  public var state: (UInt64, UInt64, UInt64, UInt64)

  /// The same seed gives the same numbers on every machine.
  public init(seed: UInt64) {
    var x = seed
    func splitmix() -> UInt64 {
      x &+= 0x9E37_79B9_7F4A_7C15
      var z = x
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (splitmix(), splitmix(), splitmix(), splitmix())
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    func rotl(_ v: UInt64, _ k: UInt64) -> UInt64 { (v << k) | (v >> (64 - k)) }
    let result = rotl(state.1 &* 5, 7) &* 9
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotl(state.3, 45)
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform integer in `0..<bound` without bias (rejection).
  public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// A random permutation of `0..<count` (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    if count > 1 {
      for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, below(i + 1)) }
    }
    return order
  }

  /// A stream of its own for one purpose, so that drawing more numbers for one thing
  /// (dropout, say) does not change another (the shuffling).
  public func fork(_ purpose: String) -> RandomSource {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return RandomSource(seed: hash ^ state.0 ^ (state.2 &* 3))
  }

  public static func == (a: RandomSource, b: RandomSource) -> Bool { a.state == b.state }
}
