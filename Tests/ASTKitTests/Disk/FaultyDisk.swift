import Foundation
import Synchronization

@testable import ASTKit

/// Disks that cannot do something, and processes that are killed at some step.
enum FaultyDisk {
  /// File systems by what their calls answer.
  static let lacking: [[Disk.Call: Int32]] = [
    [:], [.createUnnamed: EOPNOTSUPP], [.exchange: EINVAL],
    [.createUnnamed: EOPNOTSUPP, .exchange: ENOSYS], [.link: EPERM],
  ]

  /// Runs `body` as a process that dies before its call number `step`: no later call is made,
  /// not even one that tidies up.
  /// - Parameter before: runs before each call that is made.
  /// - Returns: whether it came to its end alive.
  static func run(
    killedBefore step: Int = .max, lacking: [Disk.Call: Int32] = [:],
    before: @escaping @Sendable (Disk.Call) -> Void = { _ in }, _ body: () throws -> Void
  ) rethrows -> Bool {
    let calls = Counter()
    try Disk.$refusal.withValue({ call in
      if calls.next() >= step { return EIO }
      if let code = lacking[call] { return code }
      // What it does itself is no part of the process.
      Disk.$refusal.withValue(nil) { before(call) }
      return nil
    }) {
      do { try body() } catch  where calls.count > step { return }
    }
    return calls.count <= step
  }

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .relaxed) }
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
  }
}

/// What a folder holds, by path: texts, `folder` with its mode, `-> target` of links.
func tree(_ path: String) throws -> [String: String] {
  let manager = FileManager.default
  var found: [String: String] = [:]
  for name in try manager.subpathsOfDirectory(atPath: path) {
    let entry = "\(path)/\(name)"
    let attributes = try manager.attributesOfItem(atPath: entry)
    let mode = String(attributes[.posixPermissions] as? Int ?? 0, radix: 8)
    switch attributes[.type] as? FileAttributeType {
    case .typeDirectory: found[name] = "folder \(mode)"
    case .typeSymbolicLink:
      found[name] = "-> \(try manager.destinationOfSymbolicLink(atPath: entry))"
    default:
      let text = String(decoding: manager.contents(atPath: entry) ?? Data(), as: UTF8.self)
      found[name] = "\(mode) \(text)"
    }
  }
  return found
}

extension Dictionary where Key == String {
  /// Without the hidden names of files that are not finished.
  var finished: [String: Value] { filter { !$0.key.contains(".petl-") } }
}
