/// What keeps memory valid that tensors borrow, such as a mapped file.
protocol MemoryOwner: AnyObject {
  /// - Throws: an error that says what happened, once the memory no longer holds what it did.
  func requireUnchanged() throws
}

/// The memory behind one or more tensors: a block of the pool, or pages of a mapped file.
final class Storage {
  let base: UnsafeMutableRawPointer
  private let poolSize: Int
  /// Keeps a mapped file alive as long as a tensor looks into it.
  let owner: (any MemoryOwner)?
  /// Tensors that look at this memory.
  var viewers = 0

  /// Room for `bytes` from the pool, contents undefined.
  /// - Throws: `EngineError.memory`
  init(bytes: Int) throws {
    (base, poolSize) = try BufferPool.shared.take(bytes)
    owner = nil
  }

  /// Memory that `owner` keeps valid. It must not be written unless `owner` maps it
  /// copy-on-write.
  init(borrowing base: UnsafeMutableRawPointer, owner: any MemoryOwner) {
    self.base = base
    self.owner = owner
    poolSize = 0
  }

  /// Whether the memory belongs to something else, such as a mapped file.
  var isBorrowed: Bool { owner != nil }

  deinit { if owner == nil { BufferPool.shared.give(base, size: poolSize) } }
}

extension Storage: MemoryOwner {
  /// Memory of the pool is nobody else's.
  func requireUnchanged() {}
}
