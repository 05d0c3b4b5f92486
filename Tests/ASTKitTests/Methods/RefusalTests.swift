import ASTKit
import TestSupport
import Testing

/// What cannot be attached is refused with the reason, and the model stays what it was.
struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: String
    var settings: [String: SettingValue] = [:]
    var position: Position?
    var layers: [Int]?
    var name: String?
    /// Words that the message or its hint must hold.
    var says: [String]
    var testDescription: String { "\(kind) \(says.joined(separator: " "))" }
  }

  static let cases: [Case] = [
    Case(kind: "conformer", layers: Array(0...99), says: ["layers", "0...1", "0...99"]),
    Case(kind: "conformer", layers: [-1], says: ["layers", "-1"]),
    Case(kind: "conformer", layers: [1, 1], says: ["layers", "each once"]),
    Case(kind: "conformer", layers: [], says: ["layers"]),
    Case(kind: "bottleneck", settings: ["rate": .number(0)], says: ["rate", "at least 1", "0"]),
    Case(kind: "bottleneck", settings: ["rate": .number(1000)], says: ["rate", "at most 8"]),
    Case(kind: "bottleneck", settings: ["rate": .number(.nan)], says: ["rate", "a number"]),
    Case(kind: "lora", settings: ["rate": .number(1000)], says: ["rate", "at most 8"]),
    Case(kind: "lora", settings: ["rank": .number(9)], says: ["rank", "at most hidden (8)"]),
    Case(kind: "lora", settings: ["rank": .number(1.5)], says: ["rank", "a whole number", "1.5"]),
    Case(
      kind: "lora", settings: ["rank": .number(2), "rate": .number(2)],
      says: ["rank", "rate", "both"]),
    Case(
      kind: "lora", settings: ["on": .texts(["q", "x"])],
      says: ["on", #""x" is none of "q", "k", "v", "o""#]),
    Case(kind: "lora", settings: ["on": .texts([])], says: ["on"]),
    Case(kind: "lora", settings: ["on": .texts(["q", "q"])], says: ["on"]),
    Case(
      kind: "lora", settings: ["on": .texts(["q", "o"]), "shared": .flag(true)],
      says: ["on", "shared"]),
    Case(kind: "prefix", settings: ["tokens": .number(5)], says: ["tokens", "even", "5"]),
    Case(kind: "prompt", settings: ["tokens": .number(0)], says: ["tokens", "between 1 and 4096"]),
    Case(kind: "prompt", settings: ["output": .text("cls")], says: ["output", "CLS", "cls"]),
    Case(kind: "prompt", layers: [0], says: ["prompt", "no layers"]),
    Case(kind: "linear", layers: [0], says: ["linear", "no layers"]),
    Case(kind: "conformer", settings: ["kernel": .text("x")], says: ["kernel", "whole number"]),
    Case(kind: "conformer", settings: ["kernl": .number(3)], says: ["kernl", "'kernel'"]),
    Case(kind: "conformr", says: ["conformr", "'conformer'"]),
    Case(kind: "lora", position: .pfeiffer, says: ["lora", "no position"]),
    Case(
      kind: "convpass", settings: ["residual": .flag(true), "rate": .number(4)],
      position: Position([.ffn], .parallelAfter), says: ["residual", "ffn.parallel.after"]),
    Case(
      kind: "hydra", settings: ["rate": .number(4)],
      position: Position([.mhsa], .sequentialAfter), says: ["hydra", "mhsa.sequential.after"]),
    Case(kind: "bitfit", name: "first", says: ["'first' already"]),
    Case(kind: "bitfit", name: "a/b", says: ["a/b"]),
    // One Character with the mark behind it, and still a slash to every reader of names.
    Case(kind: "bitfit", name: "a/\u{301}b", says: ["hold '/'"]),
    Case(kind: "bitfit", name: "", says: ["empty"]),
    Case(
      kind: "prompt", settings: ["tokens": .number(2)],
      says: ["'first' has put prompts", "disable or detach"]),
  ]

  @Test(arguments: cases) func refused(_ c: Case) throws {
    let net = try TinyModel.classifier()
    try net.attach("prompt", ["tokens": .number(2)], name: "first")
    try net.setTrainable(true, matching: "encoder.layer.0.layernorm*")
    let input = TinyModel.input()
    let (values, logits) = (net.allValues, try net.logits(input))
    let trainable = net.trainableParameters.map(\.name)
    do {
      try net.attach(c.kind, c.settings, at: c.position, layers: c.layers, name: c.name)
      Issue.record("it was attached")
    } catch let error as any DescribedError {
      for words in c.says {
        #expect(error.description.contains(words), "'\(words)' in: \(error.description)")
      }
    }
    #expect(net.attachments.map(\.name) == ["first"])
    #expect(net.allValues == values)
    #expect(net.trainableParameters.map(\.name) == trainable)
    #expect(try net.logits(input) == logits)
  }

  @Test func promptsInPlaceOfATokenTheHeadLooksAt() throws {
    let net = try TinyModel.classifier(pooling: .clsAndDistillation)
    let error = try #require(throws: EngineError.self) {
      try net.attach("prompt", ["tokens": .number(2)])
    }
    #expect(error.message.contains("distillation token"))
    try net.attach("prompt", ["tokens": .number(2), "output": .text("PROMPTS")])
    #expect(net.activePooling == .prompts)
  }

  /// A setting that is nothing is as good as left out, not a value of its own.
  @Test func nothingMeansTheDefault() throws {
    #expect(try BottleneckAdapter(["rate": .none]).rate == 96)
  }

  @Test func namesAreNumbered() throws {
    let net = try TinyModel.classifier()
    for _ in 0..<3 { try net.attach("bitfit") }
    #expect(net.attachments.map(\.name) == ["bitfit", "bitfit2", "bitfit3"])
    try net.detach("bitfit2")
    #expect(try net.attach("bitfit").name == "bitfit2")
  }
}
