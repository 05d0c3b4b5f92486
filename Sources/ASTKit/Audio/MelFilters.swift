import Glibc

/// Kaldi's bank of triangular filters, equally spaced and of straight sides on the mel scale
/// `mel(f) = 1127 ln(1 + f / 700)`, without area normalisation.
///
/// Filter `b` of `count` rises from `mel(low) + b * d` to its peak one `d` later and falls to
/// zero after two, where `d = (mel(high) - mel(low)) / (count + 1)`. Kept sparse: a filter
/// touches few of the `fftLength / 2` bins (the Nyquist bin has weight 0). Narrow filters at
/// the low end may hold no bin at all; their energy is always the floor.
public struct MelFilters: Sendable {
  /// First FFT bin of each filter (0 for an empty one) [count].
  public let firstBin: [Int]
  /// Bins of each filter [count].
  public let binCount: [Int]
  /// The weights of all filters, one after the other.
  public let weights: [Double]

  /// - Parameters:
  ///   - count: filters
  ///   - fftLength: points of the Fourier transform
  ///   - sampleRate: in Hz
  ///   - low: lower edge of the first filter, in Hz
  ///   - high: upper edge of the last, in Hz; half the sampling rate when `nil`
  public init(
    count: Int, fftLength: Int, sampleRate: Int, low: Double = 20, high: Double? = nil
  ) {
    func mel(_ frequency: Double) -> Double { 1127 * log(1 + frequency / 700) }
    let binWidth = Double(sampleRate) / Double(fftLength)
    let bottom = mel(low)
    let step = (mel(high ?? Double(sampleRate) / 2) - bottom) / Double(count + 1)

    var firstBin = [Int]()
    var binCount = [Int]()
    var weights = [Double]()
    for filter in 0..<count {
      let left = bottom + Double(filter) * step
      let center = left + step
      let right = center + step
      var first: Int?
      var bins = 0
      for bin in 0..<(fftLength / 2) {
        let position = mel(Double(bin) * binWidth)
        let weight = min((position - left) / (center - left), (right - position) / (right - center))
        if weight > 0 {
          if first == nil { first = bin }
          bins += 1
          weights.append(weight)
        } else if first != nil {
          break
        }
      }
      firstBin.append(first ?? 0)
      binCount.append(bins)
    }
    self.firstBin = firstBin
    self.binCount = binCount
    self.weights = weights
  }
}
