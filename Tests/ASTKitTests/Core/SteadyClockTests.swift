import ASTKit
import Foundation
import Testing

/// Spans of time do not depend on the date.
@Suite struct SteadyClockTests {
  @Test("It goes on, and never back")
  func monotonic() {
    let readings = (0..<1000).map { _ in SteadyClock.now }
    #expect(readings == readings.sorted())
    #expect(readings.allSatisfy { $0 > 0 })
  }

  @Test("No source measures time by another clock, which a change of the date would set back")
  func onlyClock() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources").standardized
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    let sources = (files ?? []).filter { $0.hasSuffix(".swift") }
    #expect(sources.count > 100)
    for path in sources where !path.hasSuffix("SteadyClock.swift") {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      for other in ["Date()", "CLOCK_REALTIME", "gettimeofday"] {
        #expect(!text.contains(other), "\(path) uses \(other)")
      }
    }
  }
}
