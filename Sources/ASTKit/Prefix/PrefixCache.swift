import Synchronization

/// Keeps what frozen prefixes give for clips, for all models of the process.
///
/// Where a result is kept, or that it is not, changes no number: it is copied as it is, and
/// computed the same way again where it is missing.
public final class PrefixCache: Sendable {
  /// The one that training and evaluation use unless told otherwise.
  public static let shared = PrefixCache()

  /// What is kept now, and how much may be.
  public struct Usage: Sendable, Equatable {
    /// Bytes in memory, bytes in the file, and bytes of memory that may be used.
    public var memory: Int, file: Int, budget: Int
  }

  /// `nil` until it is first needed.
  private let store = Mutex<PrefixStore?>(nil)
  private let givenBudget: Int?
  private let folder: String?

  /// - Parameters:
  ///   - budget: bytes of memory; default: a quarter of what is free when it is first needed.
  ///   - folder: where the file goes; default: the user's cache; `nil` for no file.
  public init(budget: Int? = nil, folder: String? = PrefixCache.standardFolder) {
    givenBudget = budget
    self.folder = folder
  }

  deinit { empty() }

  /// The user's cache; features of sounds stand in it, too.
  public static var standardFolder: String? { FeatureCache.standard().folder.map(PathBytes.parent) }

  /// Bytes of memory that may be used. With 0 nothing is kept at all. Set, what is kept goes if
  /// it is more than that.
  public var budget: Int {
    get { use { $0.budget } }
    set { use { $0.budget = max(0, newValue) } }
  }

  public var usage: Usage {
    use { Usage(memory: $0.memory, file: $0.fileSize, budget: $0.budget) }
  }

  /// Lets go of everything.
  public func empty() { store.withLock { $0?.empty() } }

  /// Copies the result for a clip; `false` where there is none.
  func copy(
    _ clip: ClipIdentity, of key: PrefixKey, to target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    nonisolated(unsafe) let target = target
    return use { $0.copy(clip, of: key, to: target) }
  }

  /// Keeps a result where there is room, see `PrefixStore.keep`.
  func keep(
    _ result: Tensor, for clip: ClipIdentity, of key: PrefixKey, sparing spared: Set<PrefixKey>?
  ) {
    nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(
      start: result.pointer, count: result.count * MemoryLayout<Float>.stride)
    use { $0.keep(bytes, for: clip, of: key, sparing: spared) }
  }

  /// Those of the keys that have a result for the clip.
  func holders(of clip: ClipIdentity, among keys: [PrefixKey]) -> [PrefixKey] {
    use { store in keys.filter { store.holds(clip, of: $0) } }
  }

  /// Those of the clips that have no result.
  func missing(_ clips: Set<ClipIdentity>, of key: PrefixKey) -> Set<ClipIdentity> {
    use { store in clips.filter { !store.holds($0, of: key) } }
  }

  /// How many of `clips` further results of so many numbers find room, in memory and in all.
  func room(for clips: Int, of numbers: Int, key: PrefixKey) -> (memory: Int, all: Int) {
    use { $0.room(for: clips, of: numbers * MemoryLayout<Float>.stride, key: key) }
  }

  private func use<T>(_ body: (inout PrefixStore) -> sending T) -> sending T {
    store.withLock { store in
      var open =
        store
        ?? PrefixStore(budget: givenBudget ?? Int(clamped: MemoryLimit.free / 4), folder: folder)
      defer { store = open }
      store = nil
      return body(&open)
    }
  }
}
