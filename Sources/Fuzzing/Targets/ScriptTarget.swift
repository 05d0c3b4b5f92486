import ASTKit
import Foundation
import Lang

/// Programs run to an end, an error or a limit of time, in a folder with nothing in it.
package final class ScriptTarget: FuzzTarget {
  package static let name = "script"
  package static let summary = "programs, run to an end, an error or a limit of time"

  private let source = ScriptSource()
  private let scratch: Scratch
  private let clock = StopClock()

  package init(_ scratch: Scratch) throws {
    self.scratch = scratch
  }

  package var validCount: Int { 0 }

  package func input(_ number: Int, _ random: inout FuzzRandom) -> FuzzInput {
    FuzzInput("x.petl", source.text(number, &random))
  }

  /// Whether a program may run here: what writes must not leave the folder, and models must
  /// be small.
  private func isHarmless(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func has(_ word: String) -> Bool { text.contains(word) }
    let writes = ["write", "save", "plot", "run", "to:"].contains(where: has)
    let leaves = ["/", "~", "\\", "..\""].contains(where: has)
    if writes && (leaves || !scratch.isConfined) { return false }
    guard has("model") else { return true }
    let isLong = bytes.split { !(48...57).contains($0) && $0 != 95 }.contains { $0.count > 2 }
    let large = Backbones.presetNames.filter { $0 != "ast-tiny" }
    return !isLong && !(large + ["**", "e1", "e2", "e3"]).contains(where: has)
  }

  package func read(_ input: FuzzInput) throws -> Int {
    let text = input.text
    guard isHarmless(text) else { return 0 }
    let output = CollectedOutput()
    let session = Session(output: output, isInteractive: false)
    clock.start(session.interrupt)
    let status = session.run(Source(name: "x.petl", text: text))
    let wasStopped = clock.stop()
    if let fault = output.fault { throw BrokenPromise(fault) }
    if scratch.isConfined { scratch.empty("work") }
    // How far a program came by the limit is another matter each time.
    if wasStopped { return 0 }
    if case .failed(let diagnostic) = status { throw diagnostic }
    return output.digest
  }
}

/// Raises the interrupt of a program that takes too long.
private final class StopClock: @unchecked Sendable {
  private let condition = NSCondition()
  private var flag: InterruptFlag?
  /// By `SteadyClock`.
  private var deadline = Double.infinity
  private static let limit = 0.2

  init() {
    Thread.detachNewThread { [self] in
      condition.lock()
      while true {
        if flag != nil, SteadyClock.now >= deadline {
          flag?.raise()
          deadline = .infinity
        }
        _ = condition.wait(
          until: Date(timeIntervalSinceNow: min(deadline - SteadyClock.now, 60)))
      }
    }
  }

  func start(_ interrupt: InterruptFlag) {
    condition.lock()
    defer { condition.unlock() }
    flag = interrupt
    deadline = SteadyClock.now + Self.limit
    condition.signal()
  }

  /// Whether the limit was reached.
  func stop() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    defer { flag = nil }
    return flag?.isRaised ?? false
  }
}
