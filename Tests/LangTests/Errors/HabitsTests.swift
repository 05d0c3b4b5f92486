import Testing

@testable import Lang

/// What people bring from other languages is answered with what it is called here.
struct HabitsTests {
  @Test(
    "words that go on a line elsewhere",
    arguments: [
      ("print 1 if true else 2", "condition ? a : b"),
      ("if true { } elif false { }", "'} else if … {'"), ("x = 1; print x is None", "x == nil"),
      ("raise \"x\"", "cannot raise errors"), ("error \"x\"", "cannot raise errors"),
    ])
  func continuations(text: String, hint: String) {
    #expect(transcript(text).errors.contains(hint))
  }
}
