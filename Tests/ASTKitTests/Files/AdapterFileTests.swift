import ASTKit
import Foundation
import TestSupport
import Testing

/// Saved sets come back to the bit, or not at all.
struct AdapterFileTests {
  let folder: TemporaryFolder
  let path: String
  let input = TinyModel.input()

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("set.safetensors")
  }

  // MARK: - What comes back

  @Test func bytesAreTheSameEachTime() throws {
    let net = try TrainedSet.model()
    try AdapterFile.save(net, to: path)
    try AdapterFile.save(net, to: folder.file("again.safetensors"))
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded)
    try AdapterFile.save(loaded, to: folder.file("third.safetensors"))
    let files = try ["set", "again", "third"].map {
      try Data(contentsOf: folder.url.appendingPathComponent("\($0).safetensors"))
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test func nothingAttachedNothingToSave() throws {
    #expect(throws: EngineError.self) { try AdapterFile.save(TinyModel.classifier(), to: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func anotherNameForTheOnlyOne() throws {
    let net = try TrainedSet.model()
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded, as: "mine")
    #expect(loaded.attachments.map(\.name) == ["mine"])
    #expect(try loaded.logits(input) == net.logits(input))
    try net.attach("lora")
    try AdapterFile.save(net, to: path)
    #expect(throws: EngineError.self) { try AdapterFile.load(path, into: loaded, as: "two") }
  }

  /// Two sets from files on one model, switched without reading them again.
  @Test func severalSetsOnOneModel() throws {
    let other = folder.file("other.safetensors")
    let (a, b) = (try TrainedSet.model(), try TrainedSet.model("lora", seed: 9))
    try AdapterFile.save(a, to: path)
    try AdapterFile.save(b, to: other)
    let net = try TinyModel.classifier()
    let plain = try net.logits(input)
    try AdapterFile.load(path, into: net, as: "a")
    try AdapterFile.load(other, into: net, as: "b")
    try net.setEnabled(false, "b")
    #expect(try net.logits(input) == a.logits(input), "b came and went")
    try net.setEnabled(false, "a")
    #expect(try net.logits(input) == plain)
    try net.setEnabled(true, "b")
    #expect(try net.logits(input) == b.logits(input))
    try net.detach("b")
    try net.detach("a")
    #expect(try net.logits(input) == plain)
  }

  /// Prompts cannot be switched on together, but they can be saved together.
  @Test(arguments: [true, false]) func onlyOneOfThemEnabled(_ first: Bool) throws {
    let net = try TinyModel.classifier()
    for name in ["one", "two"] {
      try net.attach("prompt", ["tokens": .number(2)], name: name)
      TinyModel.scatter(net.trainableParameters, seed: name == "one" ? 1 : 2)
      try net.setEnabled(false, name)
    }
    let names = first ? ["one", "two"] : ["two", "one"]
    try net.setEnabled(true, names[0])
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded)
    for model in [net, loaded] { #expect(model.activeAttachments.map(\.name) == [names[0]]) }
    #expect(try loaded.logits(input) == net.logits(input))
    for model in [net, loaded] {
      try model.setEnabled(false, names[0])
      try model.setEnabled(true, names[1])
    }
    #expect(try loaded.logits(input) == net.logits(input))
  }

  @Test func otherClassesBringTheirHead() throws {
    let net = try TrainedSet.model("lora", classes: ["u", "v"])
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    let notices = try AdapterFile.load(path, into: loaded)
    #expect(notices == ["the set brings its own head, for 2 classes on ALL"])
    #expect(loaded.classes == ["u", "v"])
    #expect(try loaded.logits(input) == net.logits(input))
    try loaded.detach("x")
    #expect(loaded.classes == ["a", "b", "c"])
    #expect(try loaded.logits(input) == TinyModel.classifier().logits(input))

    let taken = try TinyModel.classifier()
    try taken.attach("bitfit", name: "y")
    let message = try TrainedSet.refusal(path, into: taken)
    #expect(message.contains("2 classes") && message.contains("'y'"))
  }

  @Test(arguments: [Pooling.cls, .clsAndDistillation])
  func otherPoolingAndHead(_ pooling: Pooling) throws {
    let net = try TrainedSet.model("lora", pooling: pooling)
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    #expect(try AdapterFile.load(path, into: loaded).last?.contains(pooling.rawValue) == true)
    #expect(loaded.pooling == pooling)
    #expect(try loaded.logits(input) == net.logits(input))
    try loaded.setEnabled(false, "x")
    #expect(loaded.pooling == .all)
    #expect(try loaded.logits(input) == TinyModel.classifier().logits(input))
  }

  /// What only `unfreeze` lets change is part of the set as well, and so it stays when it is
  /// frozen again.
  @Test(arguments: [false, true]) func trainedByRule(_ ruleFirst: Bool) throws {
    let net = try TinyModel.classifier()
    let pattern = "encoder.layer.0.output.*"
    if ruleFirst { try net.setTrainable(true, matching: pattern) }
    try net.attach("lora", name: "x")
    if !ruleFirst { try net.setTrainable(true, matching: pattern) }
    TinyModel.scatter(net.trainableParameters, seed: 6)
    try net.setTrainable(false, matching: "encoder.layer.0.output.dense.bias")
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded)
    #expect(loaded.freezeRules == net.freezeRules)
    #expect(loaded.allValues == net.allValues)
    #expect(try loaded.logits(input) == net.logits(input))
    let names = loaded.trainableParameters.map(\.name)
    #expect(names == net.trainableParameters.map(\.name))
    #expect(names.contains("encoder.layer.0.output.dense.weight"))
  }

  // MARK: - What does not

  /// The same weights with another formula around them.
  @Test func anotherEpsilonOrBias() throws {
    try AdapterFile.save(TrainedSet.model("lora"), to: path)
    for (key, value) in [("layer_norm_eps", 0.01), ("qkv_bias", false)] as [(String, Any)] {
      var file = try EditedSafetensors(path)
      file.sizes[key] = value
      let other = folder.file("other.safetensors")
      try file.write(other)
      #expect(try TrainedSet.refusal(other, into: TinyModel.classifier()).contains(key))
    }
  }

  @Test(arguments: ["a.bin", "a.PTH", "a.json"]) func endingsOfOthers(_ name: String) throws {
    let error = #expect(throws: EngineError.self) {
      try AdapterFile.save(TrainedSet.model("lora"), to: folder.file(name))
    }
    #expect(error?.message.contains("is read only") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.file(name)))
  }

  @Test func missingAndLeftOverTensorsAreListed() throws {
    try AdapterFile.save(TrainedSet.model(), to: path)
    var file = try EditedSafetensors(path)
    let gone = [
      "x/encoder.layer.0.adapter_module_FFN.bnorm.running_mean", "x/layernorm.bias",
      "x/classification_head.weight",
    ]
    for name in gone { #expect(file.tensors.removeValue(forKey: name) != nil) }
    file.tensors["x/extra"] = try Tensor([1])
    file.tensors["y/more"] = try Tensor([1])
    try file.write(path)
    let message = try TrainedSet.refusal(path, into: TinyModel.classifier())
    for name in gone + ["x/extra", "y/more"] { #expect(message.contains(name)) }
    #expect(message.contains("lacks") && message.contains("has"))
  }

  @Test func shapesMustFit() throws {
    try AdapterFile.save(TrainedSet.model(), to: path)
    var file = try EditedSafetensors(path)
    file.tensors["x/layernorm.bias"] = try Tensor([2, 4])
    try file.write(path)
    let message = try TrainedSet.refusal(path, into: TinyModel.classifier())
    #expect(message.contains("x/layernorm.bias") && message.contains("[8], found [2, 4]"))
  }

  @Test func anotherBackbone() throws {
    try AdapterFile.save(TrainedSet.model("lora"), to: path)
    #expect(
      try TrainedSet.refusal(path, into: TinyModel.classifier(layers: 3)).contains(
        "layers is 2 there and 3 here"))
    let moved = try TinyModel.classifier()
    let parameter = try #require(
      moved.backbone.parameters.first { $0.name.hasSuffix("layer.1.output.dense.bias") })
    parameter.value.pointer[3] += 1e-7
    #expect(
      try TrainedSet.refusal(path, into: moved).contains(
        "'encoder.layer.1.output.dense.bias' has other"))
  }

  @Test func anotherKindOfFile() throws {
    let net = try TrainedSet.model()
    try ModelFile.save(net, to: path)
    #expect(try TrainedSet.refusal(path, into: TinyModel.classifier()).contains("a whole model"))
    try Safetensors.write([Safetensors.Item("a", Tensor([1]))], to: path)
    #expect(try TrainedSet.refusal(path, into: TinyModel.classifier()).contains("other tensors"))
    #expect(
      try TrainedSet.refusal(folder.file("none"), into: TinyModel.classifier()).contains("none"))
    try folder.write("text.safetensors", Array("no tensors here, only words".utf8))
    #expect(
      try TrainedSet.refusal(folder.file("text.safetensors"), into: TinyModel.classifier())
        .contains("text.safetensors"))
  }

  /// A set that trains the whole backbone is still a set.
  @Test func aSetIsNoModel() throws {
    let net = try TrainedSet.model("full")
    try AdapterFile.save(net, to: path)
    let error = try #require(throws: ModelFileError.self) { try ModelFile.load(path) }
    #expect(error.message.contains("a set of adapters (x)"))
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded)
    #expect(try loaded.logits(input) == net.logits(input))
  }

  @Test func aNameThatIsTaken() throws {
    try AdapterFile.save(TrainedSet.model(), to: path)
    let net = try TrainedSet.model("lora")
    #expect(try TrainedSet.refusal(path, into: net).contains("'x' already"))
    // The file's values of what both share did not stay behind.
    try AdapterFile.load(path, into: net, as: "y")
    try net.detach("y")
    #expect(try net.logits(input) == TrainedSet.model("lora").logits(input))
  }
}
