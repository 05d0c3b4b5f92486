import Foundation

/// Mixup of sounds (Zhang et al., 2018, on waveforms as in Tokozume et al., 2018): a clip becomes
/// `λ·a + (1 − λ)·b` with another training clip b and λ from Beta(10, 10).
///
/// Where clips have one class, the targets are mixed alike; where they may have several, the mix has
/// the classes of both.
enum Mixup {
  /// The parameters of the distribution, α = β: a whole number.
  static let shape = 10

  /// Draws λ: for whole α, `x / (x + y)` with x and y each a sum of α exponential numbers.
  static func share(_ random: inout RandomSource) -> Double {
    func gamma() -> Double { (0..<shape).reduce(0) { sum, _ in sum - log(1 - random.uniform()) } }
    let own = gamma(), other = gamma()
    return own + other > 0 ? own / (own + other) : 0.5
  }
}
