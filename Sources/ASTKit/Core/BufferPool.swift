import Foundation
import Synchronization

/// Keeps the memory of dead tensors for the next ones, so that a steady training step asks
/// the system for nothing.
///
/// Blocks are 64-byte aligned and rounded up to size classes (an eighth of a power of two),
/// so that the shapes of one step find the blocks of the step before.
public final class BufferPool: Sendable {
  /// The pool all tensors use.
  public static let shared = BufferPool()

  private struct State {
    var free: [Int: [UInt]] = [:]
    var bytesHeld = 0
    var bytesInUse = 0
    var peakInUse = 0
    var systemAllocations = 0

    mutating func noteUse(of size: Int) {
      bytesInUse += size
      peakInUse = max(peakInUse, bytesInUse)
    }
  }
  private let state = Mutex(State())

  /// Numbers for `summary`, benchmarks and the test that a steady step allocates nothing.
  public struct Statistics: Sendable, Equatable {
    /// Bytes in living tensors, and the highest that has been.
    public var bytesInUse: Int, peakInUse: Int
    /// Bytes of dead tensors kept for reuse.
    public var bytesHeld: Int
    /// Times the system was asked for memory.
    public var systemAllocations: Int
  }

  public var statistics: Statistics {
    state.withLock {
      Statistics(
        bytesInUse: $0.bytesInUse, peakInUse: $0.peakInUse, bytesHeld: $0.bytesHeld,
        systemAllocations: $0.systemAllocations)
    }
  }

  /// Gives all kept blocks back to the system.
  public func trim() {
    let blocks = state.withLock { state -> [UInt] in
      let all = state.free.values.flatMap { $0 }
      state.free = [:]
      state.bytesHeld = 0
      return all
    }
    for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
  }

  /// The size class that holds `bytes`: steps of an eighth of a power of two, at least 64.
  static func sizeClass(_ bytes: Int) -> Int {
    if bytes <= 512 { return (max(bytes, 1) + 63) & ~63 }
    let power = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount)
    let stride = max(64, power / 8)
    return (bytes + stride - 1) / stride * stride
  }

  /// A block of at least `bytes`, contents undefined.
  /// - Throws: `EngineError.memory` when the system has no more; the pool is as before then.
  func take(_ bytes: Int) throws(EngineError) -> (pointer: UnsafeMutableRawPointer, size: Int) {
    let size = BufferPool.sizeClass(bytes)
    let reused = state.withLock { state -> UInt? in
      guard let block = state.free[size]?.popLast() else { return nil }
      state.bytesHeld -= size
      state.noteUse(of: size)
      return block
    }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) {
      return (pointer, size)
    }
    var fresh = BufferPool.allocate(size)
    if fresh == nil {
      trim()
      fresh = BufferPool.allocate(size)
    }
    guard let fresh else { throw .memory(bytes: size, for: "a tensor") }
    state.withLock { state in
      state.systemAllocations += 1
      state.noteUse(of: size)
    }
    return (fresh, size)
  }

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, size) == 0 else { return nil }
    if MemoryReserve.isThere { return pointer }
    free(pointer)
    return nil
  }

  func give(_ pointer: UnsafeMutableRawPointer, size: Int) {
    let block = UInt(bitPattern: pointer)
    state.withLock { state in
      state.bytesInUse -= size
      state.bytesHeld += size
      state.free[size, default: []].append(block)
    }
  }
}
