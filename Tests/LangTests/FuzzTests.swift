import ASTKit
import Foundation
import Testing

@testable import Lang

/// Damaged scripts: cut, doubled, flipped. Each must be parsed, checked, completed and run to
/// an end or an error; a crash or a hang fails the whole run.
@Suite struct FuzzTests {
  private static let count: UInt64 = 1000

  @Test(.timeLimit(.minutes(10))) func damagedScriptsNeverCrash() throws {
    let texts = try ScriptTests.scripts.filter { !$0.hasPrefix("limit/") }.map {
      Array(try Data(contentsOf: ScriptTests.folder.appendingPathComponent($0)))
    }
    for seed: UInt64 in 1...Self.count {
      var random = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15)
      var bytes = texts[random.below(texts.count)]
      for _ in 0...random.below(3) { damage(&bytes, with: texts, &random) }
      run(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func run(_ text: String) {
    let sink = TextSink()
    let session = Session(output: sink, isInteractive: false)
    let source = Source(name: "fuzz", text: text)
    _ = session.isIncomplete(text)
    _ = Session.check(source)
    _ = session.completions(in: text, at: text.utf8.count / 2)
    // Nothing that could write a file; a loop that grew too long ends as by Ctrl-C.
    if text.contains("write") || text.contains("run") { return }
    let ended = DispatchSemaphore(value: 0)
    let stopper = Stopper(session.interrupt) { ended.wait(timeout: .now() + 0.2) == .timedOut }
    _ = session.run(source)
    ended.signal()
    stopper.finish()
  }

  private func damage(_ bytes: inout [UInt8], with texts: [[UInt8]], _ random: inout Xorshift) {
    guard !bytes.isEmpty else { return }
    let start = random.below(bytes.count)
    let length = min(bytes.count - start, 1 + random.below(20))
    switch random.below(5) {
    case 0: bytes.removeSubrange(start..<(start + length))
    case 1: bytes.insert(contentsOf: bytes[start..<(start + length)], at: start)
    case 2: bytes[start] ^= UInt8(1 << random.below(8))
    case 3: bytes.removeSubrange(start...)
    default:
      let other = texts[random.below(texts.count)]
      let from = random.below(other.count)
      bytes.insert(contentsOf: other[from..<min(other.count, from + 30)], at: start)
    }
  }
}

/// A small generator with a fixed seed, so that a failure can be repeated.
private struct Xorshift {
  var state: UInt64
  mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, limit)))
  }
}
