import Glibc
import Synchronization

/// The normalised features of the clips of a data set: in memory up to a budget, then in a file.
///
/// Of each clip only the rows (frames or samples) are kept that hold sound; the padding of short
/// clips takes no room.
final class FeatureStore: Sendable {
  private enum Place {
    /// The address of a block.
    case memory(UInt)
    /// An offset in the file.
    case file(Int)
  }

  private struct Contents {
    var places: [(place: Place, rows: Int)] = []
    /// Bytes of memory in use.
    var memory = 0
    var file: SpillFile?
  }

  let settings: FeatureSettings
  private let normalisation: FeatureNormalisation
  private let contents = Mutex(Contents())
  /// Floats of a clip with its padding, and in one of its rows.
  private let size: Int, width: Int
  private let budget: Int
  private let folder: String?

  /// - Parameters:
  ///   - budget: bytes of memory; default: half of what is free now.
  ///   - folder: where the file goes; `nil` for no file.
  init(
    settings: FeatureSettings, budget: Int? = nil, folder: String? = PrefixCache.standardFolder
  ) {
    self.settings = settings
    normalisation = FeatureNormalisation(settings)
    size = settings.shape.reduce(1, *)
    width = settings.shape.dropFirst().reduce(1, *)
    self.budget = budget ?? Int(clamped: MemoryLimit.free / 2)
    self.folder = folder
  }

  deinit {
    contents.withLock { contents in
      for case (.memory(let block), _) in contents.places {
        free(UnsafeMutableRawPointer(bitPattern: block))
      }
    }
  }

  /// Bytes in memory, and in the file.
  var usage: (memory: Int, file: Int) {
    contents.withLock { ($0.memory, $0.file?.end ?? 0) }
  }

  /// Cuts, normalises and keeps one clip; may be called from several threads at once.
  /// - Returns: its slot.
  /// - Throws: `DatasetError.memory` where neither memory nor the disk has room.
  func add(_ logMel: LogMel) throws(DatasetError) -> Int {
    try add(rows: normalisation.rows(of: logMel)) { normalisation.write(logMel, to: $0) }
  }

  /// The same for a waveform.
  /// - Throws: as for a spectrogram.
  func add(_ waveform: Waveform) throws(DatasetError) -> Int {
    try add(rows: normalisation.rows(of: waveform)) { normalisation.write(waveform, to: $0) }
  }

  private func add(
    rows: Int, _ write: (UnsafeMutablePointer<Float>) -> Void
  ) throws(DatasetError) -> Int {
    let bytes = rows * width * MemoryLayout<Float>.stride
    guard let block = malloc(max(1, bytes))?.bindMemory(to: Float.self, capacity: rows * width)
    else { throw .memory(bytes: usage.memory + bytes) }
    write(block)
    let address = UInt(bitPattern: block)
    let slot: Int? = contents.withLock { contents in
      if contents.memory + bytes <= budget {
        contents.memory += bytes
        contents.places.append((.memory(address), rows))
        return contents.places.count - 1
      }
      if contents.file == nil { contents.file = folder.flatMap { SpillFile(in: $0) } }
      let raw = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: bytes)
      guard let offset = contents.file?.append(raw) else { return nil }
      contents.places.append((.file(offset), rows))
      return contents.places.count - 1
    }
    if slot.map({ !isInMemory($0) }) ?? true { free(block) }
    guard let slot else { throw .memory(bytes: usage.memory + bytes) }
    return slot
  }

  private func isInMemory(_ slot: Int) -> Bool {
    contents.withLock { if case .memory = $0.places[slot].place { true } else { false } }
  }

  /// Rows (frames or samples) of a clip that hold sound; the rest is padding.
  func length(_ slot: Int) -> Int { contents.withLock { $0.places[slot].rows } }

  /// Copies one clip, padded, to as many floats as `settings.shape` has.
  /// - Throws: `DatasetError.lost` where the disk does not give it back.
  func copy(_ slot: Int, to target: UnsafeMutablePointer<Float>) throws(DatasetError) {
    let address = UInt(bitPattern: target)
    let used: Int? = contents.withLock { contents in
      let (place, rows) = contents.places[slot]
      let bytes = UnsafeMutableRawBufferPointer(
        start: UnsafeMutableRawPointer(bitPattern: address),
        count: rows * width * MemoryLayout<Float>.stride)
      switch place {
      case .memory(let block):
        bytes.copyMemory(
          from: UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: block), count: bytes.count))
      case .file(let offset):
        guard contents.file?.read(bytes, at: offset) == true else { return nil }
      }
      return rows * width
    }
    guard let used else { throw .lost }
    (target + used).update(repeating: normalisation.padding, count: size - used)
  }
}
