/// SpecAugment (Park et al., 2019): hides one band of mel bins and one stretch of time of
/// each training example. Off unless asked for.
///
/// As torchaudio's `FrequencyMasking` and `TimeMasking` on the normalised, padded input:
/// masked cells become 0. For an axis of size n and a parameter P,
/// `v = u1 * P` and `s = u2 * (n - v)` with u1, u2 uniform in [0, 1), and the mask covers
/// `trunc(s) ..< trunc(s) + trunc(v)`: so its width is 0 ... P-1, and where n < P it may cover
/// the whole axis. Frequency is drawn before time, example by example.
public struct SpecAugment: Codable, Hashable, Sendable, Configurable {
  /// Upper bound of the masked mel bins; 0 masks none.
  public var frequencyMask: Int
  /// Upper bound of the masked frames; 0 masks none.
  public var timeMask: Int

  /// - Throws: `EngineError.setting` for a negative width.
  public init(
    frequencyMask: Int = SpecAugment.defaults.frequencyMask,
    timeMask: Int = SpecAugment.defaults.timeMask
  ) throws(EngineError) {
    self.init(unchecked: frequencyMask, timeMask)
    try checkSettings()
  }

  private init(unchecked frequencyMask: Int, _ timeMask: Int) {
    (self.frequencyMask, self.timeMask) = (frequencyMask, timeMask)
  }

  /// The published widths.
  public static let defaults = SpecAugment(unchecked: 24, 80)
  public static let declarations = [
    SettingOf<SpecAugment>(
      "freq", "mel bins that are masked at most", \.frequencyMask, bounds: .atLeast(0)),
    SettingOf(
      "time", "frames of 10 ms that are masked at most", \.timeMask, bounds: .atLeast(0)),
  ]

  /// Masks a batch `[batch, frames, mels]` in place; give it a batch nobody else keeps.
  /// - Throws: `EngineError.shape` for another number of dimensions.
  public func apply(to batch: Tensor, random: inout RandomSource) throws(EngineError) {
    guard batch.shape.count == 3 else {
      throw .shape(operation: "SpecAugment", expected: "[batch, frames, mels]", found: batch.shape)
    }
    let (frames, mels) = (batch.shape[1], batch.shape[2])
    for example in 0..<batch.shape[0] {
      let base = batch.pointer + example * frames * mels
      if frequencyMask > 0 {
        let bins = SpecAugment.mask(size: mels, parameter: frequencyMask, random: &random)
        for frame in 0..<frames {
          (base + frame * mels + bins.lowerBound).update(repeating: 0, count: bins.count)
        }
      }
      if timeMask > 0 {
        let rows = SpecAugment.mask(size: frames, parameter: timeMask, random: &random)
        (base + rows.lowerBound * mels).update(repeating: 0, count: rows.count * mels)
      }
    }
  }

  /// Draws one mask.
  static func mask(size: Int, parameter: Int, random: inout RandomSource) -> Range<Int> {
    let width = random.uniform() * Double(parameter)
    let start = random.uniform() * (Double(size) - width)
    return mask(size: size, width: width, start: start)
  }

  /// The cells from `start` on, both cut towards zero and to the axis.
  static func mask(size: Int, width: Double, start: Double) -> Range<Int> {
    let first = Int(clamped: start)
    let end = min(size, max(0, first + Int(clamped: width)))
    let begin = min(max(0, first), end)
    return begin..<end
  }
}
