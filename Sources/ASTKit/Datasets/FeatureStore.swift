import Glibc

/// The normalised features of all clips of a data set, in one block of memory.
///
/// Each clip has a slot of `frames * melBins` floats, of which only the rows that hold sound
/// are written: the address space is reserved, the system gives memory page by page as it is
/// touched, and the padding of short clips costs next to nothing.
final class FeatureStore: @unchecked Sendable {
  let settings: FeatureSettings
  private let base: UnsafeMutablePointer<Float>
  private let bytes: Int
  private let rows: UnsafeMutableBufferPointer<Int32>
  private var slotSize: Int { settings.frames * settings.melBins }

  /// - Throws: `DatasetError.memory` if the address space cannot be had.
  init(clips: Int, settings: FeatureSettings) throws(DatasetError) {
    self.settings = settings
    let size = settings.frames * settings.melBins * MemoryLayout<Float>.stride
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
    let kept = min(logMel.frames, settings.frames)
    rows[slot] = Int32(kept)
    let target = base + slot * slotSize
    let scale = Float(1 / (2 * settings.std))
    let shift = Float(-settings.mean / (2 * settings.std))
    logMel.values.withUnsafeBufferPointer { values in
      for i in 0..<(kept * settings.melBins) { target[i] = values[i] * scale + shift }
    }
  }

  /// Copies one clip, padded, to `frames * melBins` floats.
  func copy(_ slot: Int, to target: UnsafeMutablePointer<Float>) {
    let used = Int(rows[slot]) * settings.melBins
    target.update(from: base + slot * slotSize, count: used)
    (target + used).update(repeating: settings.padding, count: slotSize - used)
  }

  /// Rows of a clip that hold sound, the rest being padding.
  func soundRows(_ slot: Int) -> Int { Int(rows[slot]) }
}
