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

  @Test(
    "lines that were copied with the prompt before them",
    arguments: [
      ("petl> x = 3", "leave out the prompt 'petl>'"),
      ("x = 1\npetl> print x", "leave out the prompt 'petl>'"),
      ("petl>", "leave out the prompt 'petl>'"),
      ("  ... print 1", "leave out the prompt '...'"),
      (">>> x = 3", "leave out the prompt '>>>'"),
      (">> x = 3", "leave out the prompt '>>'"),
      ("julia> x = 3", "leave out the prompt 'julia>'"),
      ("gnuplot> plot [1]", "leave out the prompt 'gnuplot>'"),
      ("octave:12> x = 3", "leave out the prompt 'octave:12>'"),
      ("In [3]: x = 3", "leave out the prompt 'In [3]:'"),
      ("   ...: x = 3", "leave out the prompt '...:'"),
      ("$ petl run a.petl", "a command for the shell"),
      ("x = 1\n  $ ls", "a command for the shell"),
    ])
  func prompts(text: String, hint: String) {
    #expect(transcript(text).errors.contains(hint))
  }

  @Test("what only looks like a prompt computes")
  func noPrompts() {
    #expect(transcript("petl = 3\npetl > 2").output == "true\n")
    #expect(transcript("petl = 3\npetl>2").output == "true\n")
    #expect(transcript("In = [5]\nIn[0]").output == "5\n")
    #expect(transcript("x = 1 > 2\nx").output == "false\n")
    #expect(transcript("print $x").errors.contains("a variable is its bare name"))
  }

  @Test("a range of other languages in a loop")
  func colonRanges() {
    for text in ["for i in 0:11 { print i }", "n = 3\nfor i in 1:n {\n}"] {
      #expect(transcript(text).errors.contains("write 0...11 (closed) or 0..<12 (half open)"))
    }
    #expect(transcript("for i in [1]:\nprint i").errors.contains("write '{' in place of ':'"))
  }
}
