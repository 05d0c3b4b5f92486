import Foundation
import TestSupport
import Testing

@testable import Lang

/// Whole messages, as people read them: the place, the caret and the hint are the contract.
@Suite struct DiagnosticTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let drawing: String
    init(_ text: String, _ drawing: String) {
      self.text = text
      self.drawing = drawing
    }
    var testDescription: String { text }
  }

  @Test(arguments: [
    Case(
      "x = round(2.5, digts: 1)",
      """
      error: 'round' has no argument 'digts'
        t.petl:1:16
        1 │ x = round(2.5, digts: 1)
          │                ^^^^^ did you mean 'digits'?

      """),
    Case(
      "x = 1\ny = x && true",
      """
      error: '&&' is not an operator here
        t.petl:2:7
        2 │ y = x && true
          │       ^^ write 'and'

      """),
    Case(
      "if !done { }",
      """
      error: '!' is not an operator here
        t.petl:1:4
        1 │ if !done { }
          │    ^ write 'not'

      """),
    Case(
      "x = 2 ^ 3",
      """
      error: '^' is not an operator here
        t.petl:1:7
        1 │ x = 2 ^ 3
          │       ^ a power is '**'

      """),
    Case(
      "x = True",
      """
      error: there is no 'True'
        t.petl:1:5
        1 │ x = True
          │     ^^^^ write 'true'

      """),
    Case(
      "layers = 0:11",
      """
      error: ':' makes no range
        t.petl:1:11
        1 │ layers = 0:11
          │           ^ write 0...11 (closed) or 0..<12 (half open)

      """),
    Case(
      "round(x, digits=2)",
      """
      error: an argument's name is followed by ':'
        t.petl:1:16
        1 │ round(x, digits=2)
          │                ^ write digits: 2

      """),
    Case(
      "print “hi”",
      """
      error: “ (U+201C) is not a quotation mark here
        t.petl:1:7
        1 │ print “hi”
          │       ^ strings stand in "…" or '…'

      """),
    Case(
      "x =\u{A0}1",
      """
      error: here stands a no-break space (U+00A0)
        t.petl:1:4
        1 │ x = 1
          │    ^ replace it by an ordinary space

      """),
    Case(
      "x = 1\u{200B}",
      """
      error: here stands an invisible character (U+200B)
        t.petl:1:6
        1 │ x = 1\\u{200B}
          │      ^^^^^^^^ delete it and type the line again

      """),
    Case(
      "print 日本, nope",
      """
      error: there is no variable or command '日本'
        t.petl:1:7
        1 │ print 日本, nope
          │       ^^^^

      """),
    Case(
      "func f(x) {\n\treturn x.foo\n}\nf 3",
      """
      error: a number has no member 'foo'
        t.petl:2:11
        2 │  return x.foo
          │           ^^^
        in 'f', called from t.petl:4:1

      """),
    Case(
      "x = \"abc",
      """
      error: this string is not closed
        t.petl:1:5
        1 │ x = "abc
          │     ^^^^ end it with " on the same line; a line break inside it is \\n

      """),
    Case(
      "1 < 2 < 3",
      """
      error: comparisons do not chain
        t.petl:1:7
        1 │ 1 < 2 < 3
          │       ^ write a < b and b < c

      """),
    Case(
      "x = 10x",
      """
      error: 'x' is not a unit
        t.petl:1:7
        1 │ x = 10x
          │       ^ units are s, ms, us, min, h, Hz, kHz, MHz, dB, B, kB, MB, GB; a product is '10 * x'

      """),
    Case(
      "x = (1 + 2",
      """
      error: this '(' is not closed
        t.petl:1:5
        1 │ x = (1 + 2
          │     ^

      """),
    Case(
      "def f(x):",
      """
      error: there is no 'def'
        t.petl:1:1
        1 │ def f(x):
          │ ^^^ write func name(x, y: 1) { … }

      """),
    Case(
      "len([1])",
      """
      error: there is no command or func 'len'
        t.petl:1:1
        1 │ len([1])
          │ ^^^ write x.count

      """),
    Case(
      "xs = [1]\nxs.append(2)",
      """
      error: a list has no member 'append'
        t.petl:2:4
        2 │ xs.append(2)
          │    ^^^^^^ write x += [y]

      """),
    Case(
      "sqrt \"4\"",
      """
      error: 'x' of 'sqrt' must be a number or a list of numbers, found the text "4"
        t.petl:1:6
        1 │ sqrt "4"
          │      ^^^

      """),
    Case(
      "for i in range(3): print i",
      """
      error: a block stands in { }
        t.petl:1:18
        1 │ for i in range(3): print i
          │                  ^ write '{' in place of ':'

      """),
    Case(
      "% a comment",
      """
      error: '%' does not start a comment
        t.petl:1:1
        1 │ % a comment
          │ ^ a comment starts with '#'

      """),
    Case(
      "x = 7 // 2",
      """
      error: '//' is not an operator here
        t.petl:1:7
        1 │ x = 7 // 2
          │       ^^ a comment starts with '#'; a whole quotient is floor(a / b)

      """),
    Case(
      "import numpy as np",
      """
      error: there is no 'import'
        t.petl:1:1
        1 │ import numpy as np
          │ ^^^^^^ nothing needs importing; another script runs with: run "other.petl"

      """),
    Case(
      "if true { }\nelif false { }",
      """
      error: there is no 'elif'
        t.petl:2:1
        2 │ elif false { }
          │ ^^^^ write '} else if … {'

      """),
  ])
  func drawing(_ example: Case) {
    #expect(transcript(example.text, name: "t.petl").errors == example.drawing)
  }

  @Test func controlCharactersCannotSteerTheTerminal() {
    let errors = transcript("x = nope # \u{1B}[31m\u{7}", name: "a\u{1B}b").errors
    #expect(!errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test func coloursOnlyWhenWanted() {
    let diagnostic = Diagnostic("broken")
    #expect(diagnostic.rendered() == "error: broken\n")
    #expect(diagnostic.rendered(color: true).contains("\u{1B}[1;31m"))
  }

  @Test func errorsInOtherFilesSayWhoRanThem() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("inner.petl")
    try "x = 1\nx.foo\n".write(toFile: path, atomically: true, encoding: .utf8)
    let errors = transcript("run \"\(path)\"", name: "outer.petl").errors
    #expect(errors.contains("\(path):2:3"))
    #expect(errors.contains("run from outer.petl:1:1"))
  }

  @Test func aScriptThatRunsItselfIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("self.petl")
    try "run \"\(path)\"\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(transcript("run \"\(path)\"").errors.contains("scripts run each other too deeply"))
  }
}
