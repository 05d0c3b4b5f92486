import ASTKit
import TestSupport
import Testing

/// The methods on wav2vec 2.0, post-norm and stable: gradients, and files that bring them back.
struct SpeechMethodsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: String
    var settings: [String: SettingValue] = [:]
    var position: Position?
    var isStable: Bool
    var testDescription: String {
      "\(kind)\(position.map { " at \($0)" } ?? ""), \(isStable ? "stable" : "post-norm")"
    }
  }

  static let cases: [Case] = [false, true].flatMap { isStable -> [Case] in
    let rate: [String: SettingValue] = ["rate": .number(4)]
    let small = rate.merging(["kernel": .number(3)]) { $1 }
    let placed = EveryPositionTests.places.map { place in
      Case(
        kind: "bottleneck",
        settings: rate.merging(["norms": .flag(true), "published": .flag(isStable)]) { $1 },
        position: place, isStable: isStable)
    }
    return placed + [
      Case(kind: "conformer", settings: small, isStable: isStable),
      Case(kind: "convpass", settings: rate, isStable: isStable),
      Case(kind: "densemoa", settings: small, isStable: isStable),
      Case(kind: "softmoa", settings: small, isStable: isStable),
      Case(kind: "hydra", settings: small, isStable: isStable),
      Case(kind: "lora", settings: ["rank": .number(2), "alpha": .number(2)], isStable: isStable),
      Case(kind: "prefix", settings: ["tokens": .number(4)], isStable: isStable),
      Case(kind: "bitfit", isStable: isStable),
      Case(kind: "linear", isStable: isStable),
    ]
  }

  @Test("gradients agree, files round trip", arguments: cases)
  func gradientsAndFiles(_ c: Case) throws {
    let net = try TinySpeech.classifier(isStable: c.isStable)
    let input = DoubleTensor.random([2, 80], seed: 3).tensor
    let before = try net.logits(input)
    try net.attach(c.kind, c.settings, at: c.position, name: "x")
    TinyModel.scatter(net.trainableParameters, seed: 4)
    let problems = try GradientCheck(net: net, input: input).mismatches()
    #expect(problems == [])

    let folder = try TemporaryFolder()
    let logits = try net.logits(input)
    try AdapterFile.save(net, to: folder.file("set.safetensors"))
    let fresh = try TinySpeech.classifier(isStable: c.isStable)
    try AdapterFile.load(folder.file("set.safetensors"), into: fresh)
    #expect(try fresh.logits(input) == logits)
    #expect(fresh.allValues == net.allValues)
    try fresh.detach("x")
    #expect(try fresh.logits(input) == before)
  }

  @Test func whatSpeechHasNoPlaceFor() throws {
    let net = try TinySpeech.classifier(isStable: false)
    let error = try #require(throws: EngineError.self) { try net.attach("prompt") }
    #expect(error.message.contains("distillation token"))
    #expect(net.attachments.isEmpty)
  }
}
