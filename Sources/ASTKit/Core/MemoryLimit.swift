import Foundation
import Glibc

/// Refuses work that cannot fit into this machine's memory before it begins: an allocation
/// that fails in the middle would take the whole session with it.
public enum MemoryLimit {
  /// Bytes of memory this process may have: the machine's, or less where a container (a
  /// cgroup), the shell (`ulimit -v`, `ulimit -d`) or the system (no overcommit) sets a limit.
  public static let available: Double = {
    let machine = min(
      Double(ProcessInfo.processInfo.physicalMemory), limit(RLIMIT_AS), limit(RLIMIT_DATA),
      commitLimit)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    return limits.compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8))
        .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }.reduce(machine, min)
  }()

  /// Bytes of it that nobody uses now, what the system can take back from files included.
  public static var free: Double {
    let own = max(0, available - Double(ProcessMemory.resident ?? 0))
    let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
    return min(own, text.flatMap { kilobytes("MemAvailable:", in: $0) }.map { $0 * 1024 } ?? own)
  }

  /// A row of `/proc/meminfo`.
  private static func kilobytes(_ name: String, in text: String) -> Double? {
    text.split(separator: "\n").first { $0.hasPrefix(name) }?
      .split(separator: " ").dropFirst().first.flatMap { Double($0) }
  }

  private static func limit(_ resource: __rlimit_resource) -> Double {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limits) == 0,
      limits.rlim_cur != rlim_t.max
    else { return .infinity }
    return Double(limits.rlim_cur)
  }

  /// What all processes together may ask for where the system promises no more than it has.
  private static var commitLimit: Double {
    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
    guard text("/proc/sys/vm/overcommit_memory")?.hasPrefix("2") == true,
      let limit = text("/proc/meminfo").flatMap({ kilobytes("CommitLimit:", in: $0) })
    else { return .infinity }
    return limit * 1024
  }

  /// - Parameters:
  ///   - bytes: a careful estimate of what is needed, not more than it.
  ///   - what: what needs it, such as `a batch of 512`.
  /// - Throws: `EngineError.refused` when the machine has less.
  public static func require(_ bytes: Double, for what: String) throws {
    guard bytes > available else { return }
    func gigabytes(_ bytes: Double) -> String {
      String(format: bytes < 1e10 ? "%.1f GB" : "%.0f GB", bytes / 1e9)
    }
    throw EngineError.refused(
      "\(what) needs about \(gigabytes(bytes)), petl can have \(gigabytes(available)) here")
  }
}
