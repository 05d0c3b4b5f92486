import TestSupport
import Testing

@testable import ASTKit

/// A trained head is kept with its outputs as they are, whoever names them.
struct HeadNamesTests {
  private let folder: TemporaryFolder
  private let path: String
  private let input = TinyModel.input()

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net")
  }

  /// Saves the tiny model, its three outputs called so.
  private func save(_ names: [String]) throws -> AudioClassifier {
    let net = try TinyModel.classifier(classes: names, pooling: .clsAndDistillation)
    try ModelFile.save(net, to: path)
    return net
  }

  /// As transformers would have saved it.
  private func dropDescription() throws {
    let file = "\(path)/model.safetensors"
    let tensors = try EditedSafetensors(file).tensors
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }, to: file)
  }

  private func load(_ classes: [String]) throws -> (model: AudioClassifier, notices: [String]) {
    var options = ModelFile.Options()
    options.classes = classes
    return try ModelFile.load(path, options)
  }

  @Test(arguments: [["0", "1", "2"], ["LABEL_0", "LABEL_1", "LABEL_2"]], [true, false])
  func outputsWithoutNamesGetThem(_ names: [String], isForeign: Bool) throws {
    let saved = try save(names)
    if isForeign { try dropDescription() }
    let (net, notices) = try load(["up", "bed", "cat"])
    #expect(net.classes == ["up", "bed", "cat"])
    #expect(notices == ["the file's head is kept, and its outputs are now called up, bed, cat"])
    #expect(try net.logits(input) == saved.logits(input))
    #expect(try ModelFile.load(path).model.classes == ["0", "1", "2"] || !isForeign)
  }

  @Test(arguments: [true, false])
  func theSameNamesInAnotherOrderKeepTheHead(isForeign: Bool) throws {
    let saved = try save(["up", "bed", "cat"])
    if isForeign { try dropDescription() }
    let (net, notices) = try load(["bed", "cat", "up"])
    #expect(net.classes == ["up", "bed", "cat"])
    #expect(
      notices == [
        "the file's head is kept, with its classes in their own order: up, bed, cat"
      ])
    #expect(try net.logits(input) == saved.logits(input))
    #expect(try load(["up", "bed", "cat"]).notices == [])
  }

  @Test func otherNamesAreAnotherTask() throws {
    let saved = try save(["up", "bed", "cat"])
    let (net, notices) = try load(["up", "bed", "dog"])
    #expect(net.classes == ["up", "bed", "dog"] && notices.count == 1)
    #expect(notices[0].contains("the head is new"))
    #expect(try net.logits(input) != saved.logits(input))
  }

  /// A file that calls two outputs alike is told to be given names: then they are names only.
  @Test func namesInPlaceOfTwoAlike() throws {
    let saved = try save(["up", "bed", "cat"])
    try dropDescription()
    var values = try JSONFile.read("\(path)/config.json").values
    values["id2label"] = ["0": "x", "1": "x", "2": "y"]
    try JSONFile.write(values, to: "\(path)/config.json")
    #expect(throws: EngineError.self) { try ModelFile.load(path) }
    #expect(try load(["p", "q", "r"]).model.logits(input) == saved.logits(input))
  }

  /// A set without names, on a model that has them.
  @Test func aSetTakesTheModelsNames() throws {
    let file = folder.file("set.safetensors")
    let numbered = try TinyModel.classifier(classes: ["0", "1", "2"])
    try numbered.attach("lora", ["rank": .number(2)])
    TinyModel.scatter(numbered.trainableParameters, seed: 3)
    try AdapterFile.save(numbered, to: file)
    let named = try TinyModel.classifier()
    #expect(try AdapterFile.load(file, into: named) == [])
    #expect(named.classes == ["a", "b", "c"])
    #expect(try named.logits(input) == numbered.logits(input))
    // On other tokens it brings its own head, under the same names.
    let other = try TinyModel.classifier(pooling: .clsAndDistillation)
    try other.backbone.parameters.enumerated().forEach { index, parameter in
      try parameter.value.update(from: named.baseValue(of: named.backbone.parameters[index]))
    }
    try AdapterFile.load(file, into: other)
    #expect(other.classes == ["a", "b", "c"] && other.head.style == .linear)
  }
}
