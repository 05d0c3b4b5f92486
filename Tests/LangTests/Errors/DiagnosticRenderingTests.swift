import Testing

@testable import Lang

/// However long a line is, its marked part is in view and the caret below it.
struct DiagnosticRenderingTests {
  @Test func longLinesAreCutAroundTheMark() {
    let text =
      String(repeating: "1 + ", count: 200) + "nope" + String(repeating: " + 1", count: 200)
    let errors = transcript(text).errors
    for line in errors.split(separator: "\n") { #expect(line.count < 130, "\(line)") }
    #expect(errors.contains("nope"))
  }

  @Test(arguments: [24, 40, 80, 100]) func theDrawingFitsTheWindow(columns: Int) throws {
    let text = "x = 1; y = 2; z = \"some text that is long enough\"; print x + y + qqqq + z + x + y"
    let found = Session.check(Source(name: "wide", text: text))
    let lines = try #require(found.first).rendered(columns: columns).split(separator: "\n")
    let drawing = lines.filter { $0.contains("│") }
    #expect(drawing.count >= 2)
    for line in drawing.prefix(2) { #expect(line.count < columns, "\(line)") }
    let place = try #require(drawing[0].firstRange(of: "qqqq")).lowerBound
    let caret = try #require(drawing[1].firstIndex(of: "^"))
    #expect(
      drawing[0].distance(from: drawing[0].startIndex, to: place)
        == drawing[1].distance(from: drawing[1].startIndex, to: caret))
  }
}
