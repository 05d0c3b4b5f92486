internal import CFFTW
import Glibc
import Synchronization

/// FFTW's planner is not thread-safe, its execution is.
private let plannerLock = Mutex(())

/// Kaldi's log-mel filter bank, equal to `ASTFeatureExtractor`.
///
/// For frames of 25 ms every 10 ms, none reaching over the edges:
/// ```
/// x = x - mean(x)
/// y[i] = x[i] - 0.97 x[i-1],  y[0] = x[0] - 0.97 x[0]
/// P = |FFT(y * hann, zero-padded to a power of two)|^2
/// out[m] = ln(max(sum_k filter[m,k] P[k], 2^-23))
/// ```
/// Samples stay in [-1, 1]; no dither. In double precision throughout: in single precision
/// the transform's rounding noise reaches 0.01 where the energy is near the floor, and
/// double costs a microsecond a frame.
public final class Fbank: Sendable {
  public let sampleRate: Int
  public let melBins: Int
  /// Samples in a frame (25 ms).
  public let frameLength: Int
  /// Samples from one frame to the next (10 ms).
  public let hop: Int
  let fftLength: Int
  package let window: [Double]
  package let filters: MelFilters
  /// Only ever executed on other buffers, which FFTW allows from any thread.
  private nonisolated(unsafe) let plan: fftw_plan

  /// - Throws: `EngineError.setting` for a sampling rate or bin count out of range.
  public init(sampleRate: Int = 16000, melBins: Int = 128) throws(EngineError) {
    try FeatureSettings(sampleRate: sampleRate, melBins: melBins).validate()
    self.sampleRate = sampleRate
    self.melBins = melBins
    frameLength = sampleRate * 25 / 1000
    hop = sampleRate * 10 / 1000
    var length = 1
    while length < frameLength { length *= 2 }
    fftLength = length
    let last = Double(frameLength - 1)
    window = (0..<frameLength).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / last) }
    filters = MelFilters(count: melBins, fftLength: length, sampleRate: sampleRate)
    let scratch = Scratch(fftLength: length)
    // Estimated, not measured: a plan chosen by timing could differ from run to run in its
    // rounding, and with it the bytes of everything trained on the features.
    let (input, output) = (scratch.input, scratch.outputForFFTW)
    nonisolated(unsafe) var made: fftw_plan?
    plannerLock.withLock { _ in
      made = fftw_plan_dft_r2c_1d(Int32(length), input, output, FFTW_ESTIMATE)
    }
    guard let made else {
      throw .refused("FFTW cannot transform \(length) points")
    }
    plan = made
  }

  deinit { plannerLock.withLock { _ in fftw_destroy_plan(plan) } }

  /// Frames in a signal of this many samples; 0 if it is shorter than one.
  public func frameCount(samples: Int) -> Int {
    samples < frameLength ? 0 : 1 + (samples - frameLength) / hop
  }

  /// Log-mel rows `[frameCount, melBins]` of a mono signal at `sampleRate`.
  public func logMel(_ samples: [Float]) -> [Float] {
    let frames = frameCount(samples: samples.count)
    return [Float](unsafeUninitializedCapacity: frames * melBins) { output, count in
      let scratch = Scratch(fftLength: fftLength)
      samples.withUnsafeBufferPointer { signal in
        for frame in 0..<frames {
          let start = frame * hop
          load(UnsafeBufferPointer(rebasing: signal[start..<(start + frameLength)]), scratch)
          fftw_execute_dft_r2c(plan, scratch.input, scratch.outputForFFTW)
          let row = frame * melBins
          energies(
            scratch, into: UnsafeMutableBufferPointer(rebasing: output[row..<(row + melBins)]))
        }
      }
      count = frames * melBins
    }
  }

  /// Takes the mean off, emphasises, windows; what follows the frame stays zero.
  private func load(_ frame: UnsafeBufferPointer<Float>, _ scratch: borrowing Scratch) {
    let input = scratch.input
    var sum = 0.0
    for value in frame { sum += Double(value) }
    let mean = sum / Double(frameLength)
    var previous = Double(frame[0]) - mean
    window.withUnsafeBufferPointer { window in
      for i in 0..<frameLength {
        let value = Double(frame[i]) - mean
        input[i] = (value - 0.97 * previous) * window[i]
        previous = value
      }
    }
  }

  /// The spectrum's power through the filters, floored, as logarithms.
  private func energies(
    _ scratch: borrowing Scratch, into row: UnsafeMutableBufferPointer<Float>
  ) {
    let output = scratch.output
    let power = scratch.input
    for bin in 0..<(fftLength / 2) {
      let re = output[2 * bin]
      let im = output[2 * bin + 1]
      power[bin] = re * re + im * im
    }
    filters.weights.withUnsafeBufferPointer { weights in
      var at = 0
      for filter in 0..<melBins {
        let first = filters.firstBin[filter]
        let bins = filters.binCount[filter]
        var energy = 0.0
        for bin in 0..<bins { energy += weights[at + bin] * power[first + bin] }
        at += bins
        row.initializeElement(at: filter, to: Float(log(max(energy, 0x1p-23))))
      }
    }
    // The power was written over the frame and the zeros behind it.
    (power + frameLength).update(repeating: 0, count: fftLength - frameLength)
  }
}

/// One thread's buffers, aligned alike so that one plan serves all.
private struct Scratch: ~Copyable {
  /// `fftLength` samples, zero at first.
  let input: UnsafeMutablePointer<Double>
  /// `fftLength / 2 + 1` complex numbers, real and imaginary parts in turn.
  let output: UnsafeMutablePointer<Double>

  init(fftLength: Int) {
    func room(_ count: Int) -> UnsafeMutablePointer<Double> {
      let raw = UnsafeMutableRawPointer.allocate(
        byteCount: count * MemoryLayout<Double>.stride, alignment: 64)
      let typed = raw.bindMemory(to: Double.self, capacity: count)
      typed.initialize(repeating: 0, count: count)
      return typed
    }
    input = room(fftLength)
    output = room(fftLength + 2)
  }

  /// The same memory under FFTW's type, a pair of doubles.
  var outputForFFTW: UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(output).assumingMemoryBound(to: fftw_complex.self)
  }

  deinit {
    UnsafeMutableRawPointer(input).deallocate()
    UnsafeMutableRawPointer(output).deallocate()
  }
}
