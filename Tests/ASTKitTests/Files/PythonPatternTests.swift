import Testing

@testable import ASTKit

/// Regular expressions mean what Python's `re` means; the values are those of Python 3.11.
struct PythonPatternTests {
  static let name = "encoder.layer.11.attention.attention.query"

  @Test(
    arguments: [
      (#"query"#, PythonPatternTests.name, false, false),
      (#".*query"#, PythonPatternTests.name, true, true),
      (#"encoder\.layer\.(1|11)\..*\.query"#, PythonPatternTests.name, true, true),
      (#"(.*\.)?(^query)$"#, PythonPatternTests.name, false, false),
      (#"(.*\.)?(query)$"#, PythonPatternTests.name, true, true),
      (#"(.*\.)?(uery)$"#, PythonPatternTests.name, false, false),
      (#".*\.\d+\..*"#, PythonPatternTests.name, true, true),
      (#"^(?!.*value).*query$"#, PythonPatternTests.name, true, true),
      (#"^(?!.*query).*$"#, PythonPatternTests.name, false, false),
      (#"(?=enc)\w+"#, PythonPatternTests.name, true, false),
      (#"[a-z]+\.[^.]*\.[0-9]{1,2}\..+?y"#, PythonPatternTests.name, true, true),
      (#"a{2,3}b"#, #"aaab"#, true, true),
      (#"a{2}"#, #"aaa"#, true, false),
      (#"a{,2}b"#, #"aab"#, true, true),
      (#"a{x}"#, #"a{x}"#, true, true),
      (#"a{}"#, #"a{}"#, true, true),
      (#"a{,}"#, #"aaaa"#, true, true),
      (#"(a|ab)(c|bcd)(d*)"#, #"abcd"#, true, true),
      (#"(?:ab)*"#, #"ababab"#, true, true),
      (#"(?P<x>a)+?b"#, #"aaab"#, true, true),
      (#"\bkey\b"#, #"key"#, true, true),
      (#"a\Bb"#, #"ab"#, true, true),
      (#"[]a]+"#, #"]a"#, true, true),
      (#"[^]]"#, #"a"#, true, true),
      (#"[\w.-]+"#, #"a-b.c"#, true, true),
      (#"x|"#, #"y"#, true, false),
      (#""#, #""#, true, true),
      (#"(a*)*b"#, #"aaaa"#, false, false),
      (#"(a|a)*$"#, #"aaaa"#, true, true),
      (#"layers\.(?:[0-9]|1[01])\."#, #"layers.10.x"#, true, false),
      (#"a$"#, "a\n", true, false),
      (#"a\Z"#, "a\n", false, false),
      (#"^a|b$"#, #"b"#, true, true),
      (#"."#, "\n", false, false),
      (#"é."#, #"éx"#, true, true),
      (#"\D\S\W"#, #"a a"#, false, false),
      (#"[a-c-]+"#, #"a-b"#, true, true),
      (#"[+*?]"#, #"+"#, true, true),
    ])
  func matches(_ pattern: String, _ text: String, _ atStart: Bool, _ whole: Bool) throws {
    let expression = try PythonPattern(pattern)
    #expect(try expression.matchesStart(of: text) == atStart)
    #expect(try expression.matchesWhole(text) == whole)
  }

  @Test(arguments: ["(", "a)", "[a", "*a", "a**", "a{3,2}", "\\", "[b-a]", "^*", "(?P<>a)", "a|*"])
  func broken(_ pattern: String) {
    #expect(throws: PythonPattern.Failure.broken) { try PythonPattern(pattern) }
  }

  @Test(arguments: ["(?<=a)b", "(?<!a)b", "(a)\\1", "(?P=x)", "(?i)a", "a++", "(?>a)", "\\x41"])
  func unsupported(_ pattern: String) {
    let failure = #expect(throws: PythonPattern.Failure.self) { try PythonPattern(pattern) }
    if case .unsupported = failure { return }
    Issue.record("\(pattern): \(String(describing: failure))")
  }

  /// Python needs longer than the age of the universe for the first of these.
  @Test(
    arguments: [
      "(a+)+b", "(a|aa)*b", "((a?){400}){400}b", "(.*.*.*.*.*)*b",
      String(repeating: "(", count: 40) + "a" + String(repeating: "*)", count: 40) + "b",
      String(repeating: "(", count: 10_000),
    ])
  func endsSoon(_ pattern: String) throws {
    let text = String(repeating: "a", count: 200)
    do {
      #expect(try !PythonPattern(pattern).matchesWhole(text))
    } catch {
      #expect(error == .tooLong)
    }
  }
}
