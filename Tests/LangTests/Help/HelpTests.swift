import Testing

@testable import Lang

/// Help is made from the declarations and nothing else.
@Suite struct HelpTests {
  @Test func aCommandsPage() {
    let page = transcript("help round").output
    #expect(
      page == """
        round x, digits: 0
          Rounds to whole numbers, or to digits after the point.

          x       a number or a list of numbers
          digits  digits after the point (a whole number; between -300 and 300; default 0)

          example: round(1.234, 2)

        """)
    #expect(transcript("?round").output == page)
    #expect(transcript("help(\"round\")").output == page)
  }

  @Test func withoutANameAllCommandsAreListed() {
    let page = transcript("help").output
    for command in Commands.all { #expect(page.contains("\(command.name) ")) }
  }

  @Test func variablesMembersAndKeywords() {
    #expect(transcript("x = [a: 1]\n?x").output.contains(".a"))
    #expect(
      transcript("func best(rate, kernel: 31) { }\nhelp best").output
        == "func best(rate, kernel: 31)\n")
    #expect(transcript("help sorted").output.contains("descending"))
    #expect(transcript("help for").output.contains("for rate in"))
    #expect(transcript("help pi").output.contains("circle"))
  }

  @Test func unknownNames() {
    #expect(transcript("help rond").errors.contains("did you mean 'round'?"))
    #expect(transcript("??logarithm").output.contains("log10"))
  }

  @Test func theReferenceNamesEverything() throws {
    let page = Reference.markdown
    for command in Commands.all { #expect(page.contains("### \(command.name)\n")) }
    for constant in Constants.all { #expect(page.contains("`\(constant.name)`")) }
    for keyword in Keyword.allCases { #expect(page.contains("\"\(keyword.rawValue)\"")) }
    for symbol in Symbol.allCases { #expect(page.contains("\"\(symbol.rawValue)\"")) }
  }
}
