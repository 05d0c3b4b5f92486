import Glibc

/// Results of frozen prefixes: in memory up to a budget, then in a file. For one thread at a time,
/// see `PrefixCache`.
struct PrefixStore {
  private enum Place {
    case memory(UnsafeMutableRawPointer)
    /// An offset in the file.
    case file(Int)
  }

  /// The results of one prefix.
  private struct Group {
    /// Bytes of a result.
    let bytes: Int
    var places: [ClipIdentity: Place] = [:]
    var inMemory = 0
    var lastUse = 0

    var hasFilePlaces: Bool { places.count > inMemory }
  }

  private var groups: [PrefixKey: Group] = [:]
  private var file: SpillFile?
  /// Where the file goes; `nil` for none.
  private let folder: String?
  private var mayHaveFile = true
  private var uses = 0
  /// Bytes of memory in use.
  private(set) var memory = 0
  /// Bytes of memory that may be; with 0 nothing is kept at all, nor in the file.
  var budget: Int {
    didSet { if budget == 0 || memory > budget { empty() } }
  }

  init(budget: Int, folder: String?) {
    self.budget = budget
    self.folder = folder
  }

  /// Bytes in the file.
  var fileSize: Int { file?.end ?? 0 }

  /// The place of a result, if it is kept.
  func holds(_ clip: ClipIdentity, of key: PrefixKey) -> Bool { groups[key]?.places[clip] != nil }

  /// Copies a result; `false` where there is none.
  mutating func copy(
    _ clip: ClipIdentity, of key: PrefixKey, to target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    let bytes = UnsafeMutableRawBufferPointer(target)
    guard let place = groups[key]?.places[clip], groups[key]?.bytes == bytes.count else {
      return false
    }
    uses += 1
    groups[key]?.lastUse = uses
    switch place {
    case .memory(let kept):
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: kept, count: bytes.count))
      return true
    case .file(let offset):
      if file?.read(bytes, at: offset) == true { return true }
      // It is computed again, and kept elsewhere if there is room.
      groups[key]?.places[clip] = nil
      return false
    }
  }

  /// Keeps a result where there is room.
  ///
  /// - Parameter spared: keys whose results do not give way for it; `nil` when nothing is to
  ///   give way and nothing goes into the file.
  mutating func keep(
    _ result: UnsafeRawBufferPointer, for clip: ClipIdentity, of key: PrefixKey,
    sparing spared: Set<PrefixKey>?
  ) {
    guard budget > 0, !holds(clip, of: key) else { return }
    if let spared { makeRoom(result.count, sparing: spared.union([key])) }
    var group = groups[key] ?? Group(bytes: result.count)
    guard group.bytes == result.count else { return }
    if memory + result.count <= budget, let copy = malloc(max(1, result.count)) {
      UnsafeMutableRawBufferPointer(start: copy, count: result.count).copyMemory(from: result)
      memory += result.count
      group.inMemory += 1
      group.places[clip] = .memory(copy)
    } else if spared != nil, let offset = append(result) {
      group.places[clip] = .file(offset)
    } else {
      return
    }
    uses += 1
    group.lastUse = uses
    groups[key] = group
  }

  /// How many of `count` further results of so many bytes find room, in memory and in all.
  mutating func room(for count: Int, of bytes: Int, key: PrefixKey) -> (memory: Int, all: Int) {
    guard budget > 0, bytes > 0 else { return (0, 0) }
    let memory = min(count, budget / bytes - (groups[key]?.inMemory ?? 0))
    if memory == count { return (count, count) }
    let file = spill().map { max(0, $0.limit - $0.end) / bytes } ?? 0
    return (memory, min(count, memory + file))
  }

  /// Lets go of everything.
  mutating func empty() {
    for key in groups.keys { remove(key) }
    file = nil
    mayHaveFile = true
  }

  /// Lets results of other prefixes go, the longest unused first, until so many bytes fit.
  private mutating func makeRoom(_ bytes: Int, sparing spared: Set<PrefixKey>) {
    while memory + bytes > budget {
      let others = groups.filter { !spared.contains($0.key) && $0.value.inMemory > 0 }
      guard let oldest = others.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else {
        return
      }
      remove(oldest)
    }
  }

  private mutating func remove(_ key: PrefixKey) {
    guard let group = groups.removeValue(forKey: key) else { return }
    memory -= group.inMemory * group.bytes
    for case .memory(let block) in group.places.values { free(block) }
  }

  /// The file, made when it is first needed.
  private mutating func spill() -> SpillFile? {
    if file == nil, mayHaveFile {
      file = folder.flatMap { SpillFile(in: $0) }
      mayHaveFile = file != nil
    }
    return file
  }

  /// Adds a result to the file.
  private mutating func append(_ result: UnsafeRawBufferPointer) -> Int? {
    // A file has no holes: what is left of results that are gone goes with the last of them.
    if !groups.values.contains(where: \.hasFilePlaces) { file = nil }
    return spill()?.append(result)
  }
}
