import ASTKit
import TestSupport
import Testing

/// Sets of adapters for other classes than the model's own, each with its head.
struct ClassificationTaskTests {
  private let input = TinyModel.input()

  /// A set for two classes, trained and saved on the same backbone, and its logits.
  private func birds(
    _ folder: TemporaryFolder, _ kind: String = "conformer",
    _ settings: [String: SettingValue] = ["rate": .number(4), "kernel": .number(3)]
  ) throws -> [Float] {
    let net = try TinyModel.classifier()
    try net.replaceHead(
      ClassificationHead(.linear, hidden: 8, classes: 2, from: RandomParameters(seed: 9)),
      classes: ["robin", "wren"])
    try net.attach(kind, settings, name: "birds")
    TinyModel.scatter(net.trainableParameters, seed: 4, by: 0.1)
    try AdapterFile.save(net, to: folder.file("birds.safetensors"))
    return try net.logits(input)
  }

  @Test func setsForDifferentClassesTakeTurnsOnOneBackbone() throws {
    let folder = try TemporaryFolder()
    let birds = try birds(folder)
    let net = try TinyModel.classifier()
    let plain = try net.logits(input)
    try net.attach("lora", ["rank": .number(2)], name: "speech")
    TinyModel.scatter(net.trainableParameters, seed: 5, by: 0.1)
    let speech = try net.logits(input)

    // Two heads cannot answer at once: refused, and nothing changed.
    #expect(throws: EngineError.self) {
      try AdapterFile.load(folder.file("birds.safetensors"), into: net)
    }
    #expect(try net.logits(input) == speech)

    try net.setEnabled(false, "speech")
    try AdapterFile.load(folder.file("birds.safetensors"), into: net)
    #expect(net.classes == ["robin", "wren"])
    #expect(try net.logits(input) == birds)
    #expect(throws: EngineError.self) { try net.setEnabled(true, "speech") }
    for _ in 0..<2 {
      try net.setEnabled(false, "birds")
      #expect(net.classes == ["a", "b", "c"])
      #expect(try net.logits(input) == plain)
      try net.setEnabled(true, "speech")
      #expect(try net.logits(input) == speech)
      try net.setEnabled(false, "speech")
      try net.setEnabled(true, "birds")
      #expect(try net.logits(input) == birds)
    }
    try net.detach("birds")
    #expect(try net.logits(input) == plain)
  }

  @Test func aModelWithSetsForDifferentClassesComesBackFromItsFile() throws {
    let folder = try TemporaryFolder()
    let birds = try birds(folder)
    let net = try TinyModel.classifier()
    try net.attach("lora", ["rank": .number(2)], name: "speech")
    TinyModel.scatter(net.trainableParameters, seed: 5, by: 0.1)
    let speech = try net.logits(input)
    try net.setEnabled(false, "speech")
    try AdapterFile.load(folder.file("birds.safetensors"), into: net)
    try ModelFile.save(net, to: folder.file("both.safetensors"))

    let again = try ModelFile.load(folder.file("both.safetensors")).model
    #expect(try again.logits(input) == birds)
    try again.setEnabled(false, "birds")
    try again.setEnabled(true, "speech")
    #expect(try again.logits(input) == speech)
  }

  @Test func aMergedSetLeavesItsHeadToTheModel() throws {
    let folder = try TemporaryFolder()
    let birds = try birds(folder, "lora", ["rank": .number(2)])
    let net = try TinyModel.classifier()
    try net.attach("bitfit", name: "speech")
    try net.setEnabled(false, "speech")
    try AdapterFile.load(folder.file("birds.safetensors"), into: net)
    // The other set would lose the head it was trained with.
    #expect(throws: EngineError.self) { try net.merge("birds", probe: input) }
    #expect(try net.logits(input) == birds)

    try net.detach("speech")
    #expect(try net.merge("birds", probe: input) < 1e-5)
    #expect(net.classes == ["robin", "wren"] && net.attachments.isEmpty)
    #expect(zip(try net.logits(input), birds).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func onlyTheHeadInForceIsTrained() throws {
    let folder = try TemporaryFolder()
    _ = try birds(folder)
    let net = try TinyModel.classifier()
    try AdapterFile.load(folder.file("birds.safetensors"), into: net)
    let heads = net.trainableParameters.filter { $0.name == "classification_head.weight" }
    #expect(heads.map(\.shape) == [[2, 8]])
  }
}
