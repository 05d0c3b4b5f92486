import Foundation

/// What is done to the sound of a training clip, drawn anew each time. Never in evaluation, which
/// takes clips as they were loaded.
public enum SoundChange: Sendable, Equatable, Codable {
  /// Louder or softer by this many dB, uniform between the two: samples times `10^(dB / 20)`.
  case gain(lowest: Double, highest: Double)
  /// A random piece of a random one of these recordings, at a signal-to-noise ratio of so many dB,
  /// uniform between the two: noise n is added to sound s as `s + n · √(P_s / (P_n · 10^(dB / 10)))`
  /// with the mean squares P. Silence stays silent.
  case noise(NoiseFiles, lowest: Double, highest: Double)
  /// Earlier or later by up to so many seconds, uniform, silence coming in at the other end.
  case shift(seconds: Double)

  /// - Throws: `EngineError.setting`
  func validate() throws(EngineError) {
    func check(_ name: String, _ lowest: Double, _ highest: Double) throws(EngineError) {
      guard -200 <= lowest, lowest <= highest, highest <= 200 else {
        throw .setting(
          name: name, expected: "two levels from -200 dB to 200 dB, the lower first",
          found: "\(lowest)...\(highest)")
      }
    }
    switch self {
    case .gain(let lowest, let highest): try check("gain", lowest, highest)
    case .noise(let files, let lowest, let highest):
      try check("snr", lowest, highest)
      guard !files.files.isEmpty else {
        throw .setting(name: "noise", expected: "at least one sound file", found: "none")
      }
    case .shift(let seconds):
      guard seconds >= 0, seconds <= 3600 else {
        throw .setting(name: "shift", expected: "from 0 s to 3600 s", found: "\(seconds) s")
      }
    }
  }

  /// What was drawn of a change: it does the same each time.
  enum Drawn: Equatable {
    case gain(decibels: Double)
    /// - Parameter place: where the piece begins, as a share of where it can.
    case noise(NoiseFiles.File, place: Double, decibels: Double)
    case shift(seconds: Double)
  }

  /// Draws it for one clip.
  func draw(_ random: inout RandomSource) -> Drawn {
    func between(_ lowest: Double, _ highest: Double) -> Double {
      lowest + random.uniform() * (highest - lowest)
    }
    switch self {
    case .gain(let lowest, let highest): return .gain(decibels: between(lowest, highest))
    case .noise(let noise, let lowest, let highest):
      let file = noise.files[random.below(noise.files.count)]
      let place = random.uniform()
      return .noise(file, place: place, decibels: between(lowest, highest))
    case .shift(let seconds): return .shift(seconds: between(-seconds, seconds))
    }
  }
}

extension [Float] {
  /// Louder by so many dB.
  mutating func amplify(decibels: Double) {
    let factor = Float(pow(10, decibels / 20))
    for i in indices { self[i] *= factor }
  }

  /// Later by so many samples, or earlier where they are fewer than none, in the same length.
  mutating func shift(by samples: Int) {
    let moved = Swift.min(samples.magnitude, UInt(count))
    let silence = [Float](repeating: 0, count: Int(moved))
    self = samples < 0 ? dropFirst(Int(moved)) + silence : silence + dropLast(Int(moved))
  }

  /// Adds a piece of noise at a signal-to-noise ratio; noise that is shorter goes round.
  mutating func add(noise: [Float], place: Double, decibels: Double) {
    guard !noise.isEmpty, !isEmpty else { return }
    let places = noise.count >= count ? noise.count - count + 1 : noise.count
    let start = Swift.min(Int(clamped: place * Double(places)), places - 1)
    let piece = indices.map { noise[(start + $0) % noise.count] }
    let (signal, power) = (meanSquare, piece.meanSquare)
    guard power > 0 else { return }
    let factor = Float((signal / (power * pow(10, decibels / 10))).squareRoot())
    guard factor.isFinite else { return }
    for i in indices { self[i] += factor * piece[i] }
  }

  /// `share` of these samples and `1 − share` of others; the shorter of the two is followed by
  /// silence.
  mutating func mix(with other: [Float], share: Double) {
    let whole = Swift.max(count, other.count)
    self += [Float](repeating: 0, count: whole - count)
    for i in indices {
      let own = share * Double(self[i])
      self[i] = Float(own + (1 - share) * Double(i < other.count ? other[i] : 0))
    }
  }

  private var meanSquare: Double {
    isEmpty ? 0 : reduce(0) { $0 + Double($1) * Double($1) } / Double(count)
  }
}
