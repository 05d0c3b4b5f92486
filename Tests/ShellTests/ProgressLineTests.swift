import Testing

@testable import Shell

/// The live line: one line, at most ten a second, gone before anything else is written.
@Suite struct ProgressLineTests {
  @Test("Redrawn in place at most every tenth of a second")
  func throttled() {
    var line = ProgressLine()
    let drawn = stride(from: 0.0, to: 1.0, by: 0.01).filter {
      line.bytes(showing: "step", columns: 80, now: $0) != nil
    }
    #expect((9...10).contains(drawn.count))
  }

  @Test("Cut to the window, on one line")
  func cut() {
    var line = ProgressLine()
    let bytes = line.bytes(showing: "0123456789\nmore", columns: 8, now: 0)
    #expect(bytes == Array("\r0123456\u{1B}[K".utf8))
  }

  @Test("Taken away once; the next one shows at once")
  func cleared() {
    var line = ProgressLine()
    #expect(line.clearing() == nil)
    _ = line.bytes(showing: "a", columns: 80, now: 0)
    #expect(line.clearing() == Array("\r\u{1B}[K".utf8))
    #expect(line.clearing() == nil)
    #expect(line.bytes(showing: "b", columns: 80, now: 0.001) != nil)
  }
}
