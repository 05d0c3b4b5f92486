import ASTKit
import Testing

@testable import Lang

@Suite struct ValueDisplayTests {
  @Test(arguments: [
    (0.1, "0.1"), (3, "3"), (-0.0, "0"), (1e-5, "1e-5"), (1e16, "1e16"), (1e15, "1000000000000000"),
    (1.0 / 3, "0.3333333333333333"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
    (1.5e300, "1.5e300"), (0.30000000000000004, "0.30000000000000004"),
  ])
  func numbers(_ number: Double, _ text: String) { #expect(number.shortText == text) }

  @Test(arguments: [
    (0.123456789, "0.123457"), (12345.678, "12345.7"), (1234567.8, "1234568"), (2, "2"),
    (1.23456789e-7, "1.23457e-7"), (-0.5, "-0.5"),
  ])
  func cells(_ number: Double, _ text: String) { #expect(number.text(significant: 6) == text) }

  @Test func longListsAreSummarised() {
    let text = Value.numbers((0..<1000).map(Double.init)).display(columns: 80)
    #expect(text == "[0, 1, 2, 3, 4, 5, 6, 7, …, 996, 997, 998, 999]  (1000 values)")
  }

  @Test func tablesFitTheirWidth() {
    let record = Record(
      (0..<12).map { ("column \($0)", .string(String(repeating: "x", count: 30))) })
    for width in [20, 40, 80, 200] {
      let text = Value.list([.record(record), .record(record)]).display(columns: width)
      for line in text.split(separator: "\n") where line.hasPrefix("│") {
        #expect(line.count <= max(width, 16))
      }
    }
  }

  @Test func longTablesAreCut() {
    let rows = (0..<100).map { Value.record(["n": .count($0)]) }
    let text = Value.list(rows).display(columns: 80)
    #expect(text.split(separator: "\n").count < 50)
    #expect(text.hasSuffix("100 rows"))
    #expect(text.contains("│ 99 │"))
  }

  @Test func tablesAlignWideCharacters() {
    let table = TextTable(header: ["名前"], rows: [["a"], ["日本語"]])
    let widths = Set(table.text(columns: 80).split(separator: "\n").map { String($0).columnWidth })
    #expect(widths.count == 1)
  }
}
