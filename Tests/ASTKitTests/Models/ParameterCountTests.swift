import ASTKit
import Testing

/// Parameter counts of AST-base are those of the papers' tables (arXiv 2312.03694v4, table 1).
struct ParameterCountTests {
  /// Memory is never touched, so the 86 million numbers cost nothing.
  private struct Untouched: ParameterSource {
    func tensor(_ name: String, _ shape: [Int], _: Initialization) throws -> Tensor {
      try Tensor(uninitialized: shape)
    }
  }

  struct Case: Sendable {
    var kind: String
    var settings: [String: SettingValue]
    var position: Position?
    var count: Int
  }

  static let cases: [Case] = [
    Case(kind: "lora", settings: ["rank": .number(6)], count: 221_184),
    Case(kind: "lora", settings: ["rate": .number(128)], count: 221_184),
    Case(kind: "prompt", settings: ["tokens": .number(25), "deep": .flag(true)], count: 230_400),
    Case(kind: "prompt", settings: ["tokens": .number(300)], count: 230_400),
    Case(kind: "prefix", settings: ["tokens": .number(24)], count: 221_184),
    Case(kind: "bottleneck", settings: ["rate": .number(64)], count: 248_976),
    Case(
      kind: "bottleneck", settings: ["rate": .number(64)], position: .houlsby, count: 497_952),
    Case(
      kind: "conformer", settings: ["rate": .number(96), "published": .flag(true)],
      count: 270_720),
    Case(
      kind: "conformer", settings: ["rate": .number(96), "published": .flag(true)],
      position: .houlsby, count: 541_440),
    Case(kind: "bitfit", settings: [:], count: 101_376),
    Case(kind: "linear", settings: [:], count: 0),
  ]

  @Test(arguments: cases) func astBase(_ c: Case) throws {
    let source = Untouched()
    let net = try AudioClassifier(
      backbone: ASTModel(ASTConfiguration(), from: source),
      head: ClassificationHead(.linear, hidden: 768, classes: 2, from: source),
      classes: ["a", "b"])
    let total = net.parameterCounts.total
    let attachment = try net.attach(c.kind, c.settings, at: c.position, from: source)
    #expect(attachment.parameterCount == c.count)
    let head = 768 * 2 + 2
    // The final LayerNorm goes with the head; BitFit trains only its bias.
    let norm = c.kind == "bitfit" ? 768 : 1536
    #expect(net.parameterCounts.trainable == c.count + head + norm)
    #expect(
      net.parameterCounts.total == total + attachment.parameters.reduce(0) { $0 + $1.count })
  }
}
