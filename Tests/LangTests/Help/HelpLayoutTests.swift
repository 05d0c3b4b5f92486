import Testing

@testable import Lang

@Suite("Help in a window")
struct HelpLayoutTests {
  @Test("a long line goes on under its text; words stay whole; short lines stay as they are")
  func wraps() {
    let text = "usage\n  rate    how much smaller the bottleneck is than the hidden states\n"
    #expect(
      HelpLayout.fit(text, columns: 40) == """
        usage
          rate    how much smaller the
                  bottleneck is than the hidden
                  states

        """)
  }
}
