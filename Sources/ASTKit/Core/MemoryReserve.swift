internal import CLinux
import Glibc

/// Memory that is left to those who cannot be refused any: Swift's own objects, the C
/// libraries, the stacks of threads. An allocation of theirs that fails ends the process.
package enum MemoryReserve {
  package static let bytes = 32 << 20

  /// Whether the system would still give as much.
  package static var isThere: Bool { has(bytes) }

  /// Whether the system would give so many bytes of address space now. Nothing is kept.
  package static func has(_ bytes: Int) -> Bool {
    let room = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let room, room != MAP_FAILED else { return false }
    munmap(room, bytes)
    return true
  }

  /// Lets all threads allocate from one heap where address space is limited. To be called
  /// before there are threads.
  ///
  /// Otherwise the C library sets 64 MB of address space aside for each thread's own heap, which
  /// then fail Swift and the C libraries when they need a few kilobytes.
  package static func shareHeapIfLimited() {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0,
      limits.rlim_cur != rlim_t.max
    else { return }
    mallopt(M_ARENA_MAX, 1)
  }
}
