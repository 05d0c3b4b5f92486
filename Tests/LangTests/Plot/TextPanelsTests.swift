import Testing

@testable import Lang

@Suite("Bars and heat maps as letters")
struct TextPanelsTests {
  @Test("bars have lengths in proportion, and fit")
  func bars() throws {
    let lines = try TextPanels.bars(
      .init(labels: ["a", "long name"], values: [0.5, 1], quantity: .proportion), columns: 40)
    #expect(
      lines == [
        "a         ███████████▌ 0.500",
        "long name ███████████████████████ 1.000",
      ])
  }

  @Test("negative bars end at the zero line")
  func negativeBars() throws {
    let lines = try TextPanels.bars(.init(labels: ["a", "b"], values: [-1, 1]), columns: 26)
    let zero = lines[1].firstIndex(of: "█").map {
      lines[1].distance(from: lines[1].startIndex, to: $0)
    }
    let end = lines[0].lastIndex(of: "█").map {
      lines[0].distance(from: lines[0].startIndex, to: $0)
    }
    #expect(zero == end.map { $0 + 1 })
  }

  @Test("a confusion matrix is a table of percentages")
  func confusion() throws {
    let lines = try TextPanels.heatMap(
      .confusion(classes: ["yes", "no"], counts: [[3, 1], [0, 5]]), columns: 80, color: false)
    #expect(
      lines == [
        "rows: true, columns: predicted, percent of the row",
        "        1   2",
        "1 yes  75  25",
        "2 no    · 100",
      ])
  }

  @Test("twenty classes fit into eighty columns with their numbers, a hundred as shades")
  func sizes() throws {
    for (count, hasNumbers) in [(20, true), (100, false)] {
      let classes = (0..<count).map { "class \($0)" }
      let counts = (0..<count).map { row in (0..<count).map { row == $0 ? 5 : 0 } }
      let lines = try TextPanels.heatMap(
        .confusion(classes: classes, counts: counts), columns: 80, color: false)
      #expect(lines.allSatisfy { TextPanels.width($0) <= 80 })
      #expect(lines.contains { $0.contains("100") && $0.contains("class 0") } == hasNumbers)
    }
  }
}
