/// The log-mel rows of a signal that comes in pieces: to the bit those of `Fbank.logMel` for
/// the whole, each as soon as its last sample is there. Not safe from several threads at once.
package final class LogMelStream {
  private let fbank: Fbank
  /// The samples from the beginning of the next frame on.
  private var pending: [Float] = []
  /// Rows given so far.
  package private(set) var frames = 0
  /// Samples taken so far.
  package private(set) var samples = 0

  /// - Parameter fbank: the filter bank, for a mono signal at its `sampleRate`.
  package init(_ fbank: Fbank) { self.fbank = fbank }

  /// Takes the next samples of the signal, any number of them.
  /// - Returns: the rows that became complete, `[frames, melBins]`, possibly none.
  package func add(_ piece: [Float]) -> [Float] {
    samples += piece.count
    pending += piece
    let count = fbank.frameCount(samples: pending.count)
    if count == 0 { return [] }
    let rows = fbank.logMel(pending)
    pending.removeFirst(count * fbank.hop)
    frames += count
    return rows
  }
}
