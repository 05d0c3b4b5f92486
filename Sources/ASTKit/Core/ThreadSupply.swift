import Glibc
import Synchronization

/// Finds out whether the system lets this process have threads. Dispatch, asked for some that
/// cannot be had, tries again once a second for ever.
enum ThreadSupply {
  /// Threads that could be had, and the least number that could not.
  private static let granted = Atomic<Int>(0)
  private static let refused = Atomic<Int>(.max)

  /// Whether so many threads can be had beside the calling one.
  static func has(_ count: Int) -> Bool {
    if count <= granted.load(ordering: .relaxed) { return true }
    if count >= refused.load(ordering: .relaxed) { return false }
    let isThere = start(count)
    if isThere {
      granted.store(count, ordering: .relaxed)
    } else {
      refused.store(count, ordering: .relaxed)
    }
    return isThere
  }

  /// Starts so many threads at once and ends them. The C library keeps their stacks for the
  /// next ones, so that memory which grows scarce later does not matter.
  private static func start(_ count: Int) -> Bool {
    let gate = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    sem_init(gate, 0, 0)
    defer {
      sem_destroy(gate)
      gate.deallocate()
    }
    var threads: [pthread_t] = []
    while threads.count < count {
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { gate in
          if let gate { while sem_wait(gate.assumingMemoryBound(to: sem_t.self)) != 0 {} }
          return nil
        }, gate)
      if status != 0 { break }
      threads.append(thread)
    }
    // The C library and Swift allocate on every thread at once, and nobody can refuse them.
    let reserve = MemoryReserve.bytes * (count + 1)
    let isThere = threads.count == count && MemoryReserve.has(reserve)
    for _ in threads { sem_post(gate) }
    for thread in threads { pthread_join(thread, nil) }
    return isThere
  }
}
