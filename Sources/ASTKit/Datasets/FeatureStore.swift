import Glibc

/// The normalised features of all clips of a data set, in one block of memory.
///
/// Each clip has a slot for the whole of its `settings.shape`, of which only the rows (frames
/// or samples) that hold sound are written: the address space is reserved, the system gives
/// memory page by page as it is touched, and the padding of short clips costs next to nothing.
final class FeatureStore: @unchecked Sendable {
  let settings: FeatureSettings
  private let normalisation: FeatureNormalisation
  private let base: UnsafeMutablePointer<Float>
  private let bytes: Int
  private let rows: UnsafeMutableBufferPointer<Int32>
  /// Floats in a slot, and in one of its rows.
  private let slotSize: Int, width: Int

  /// - Throws: `DatasetError.memory` if the address space cannot be had.
  init(clips: Int, settings: FeatureSettings) throws(DatasetError) {
    self.settings = settings
    normalisation = FeatureNormalisation(settings)
    slotSize = settings.shape.reduce(1, *)
    width = settings.shape.dropFirst().reduce(1, *)
    let size = slotSize * MemoryLayout<Float>.stride
    let (wanted, overflow) = max(1, clips).multipliedReportingOverflow(by: size)
    if overflow { throw .memory(bytes: .max) }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let mapped = mmap(nil, wanted, PROT_READ | PROT_WRITE, flags, -1, 0),
      mapped != MAP_FAILED
    else { throw .memory(bytes: wanted) }
    base = mapped.assumingMemoryBound(to: Float.self)
    bytes = wanted
    rows = .allocate(capacity: max(1, clips))
    rows.initialize(repeating: 0)
  }

  deinit {
    munmap(base, bytes)
    rows.deallocate()
  }

  /// Cuts, normalises and keeps one clip. Different slots may be filled from different
  /// threads at once, as long as nobody reads.
  func fill(_ slot: Int, with logMel: LogMel) {
    rows[slot] = Int32(normalisation.write(logMel, to: base + slot * slotSize))
  }

  /// The same for a waveform.
  func fill(_ slot: Int, with waveform: Waveform) {
    rows[slot] = Int32(normalisation.write(waveform, to: base + slot * slotSize))
  }

  /// Rows (frames or samples) of a clip that hold sound; the rest is padding.
  func length(_ slot: Int) -> Int { Int(rows[slot]) }

  /// Copies one clip, padded, to as many floats as `settings.shape` has.
  func copy(_ slot: Int, to target: UnsafeMutablePointer<Float>) {
    let used = length(slot) * width
    target.update(from: base + slot * slotSize, count: used)
    (target + used).update(repeating: normalisation.padding, count: slotSize - used)
  }
}
