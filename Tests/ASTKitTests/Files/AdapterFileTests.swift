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

  private func trained(
    _ kind: String = "conformer", classes: [String] = ["a", "b", "c"], pooling: Pooling = .all,
    seed: UInt64 = 6
  ) throws -> AudioClassifier {
    let net = try TinyModel.classifier(classes: classes, pooling: pooling)
    let settings: [String: SettingValue] = kind == "conformer" ? ["rate": .number(4)] : [:]
    try net.attach(kind, settings, name: "x")
    TinyModel.scatter(net.trainableParameters, seed: seed)
    _ = try net.forward(input, Tape(.training, recording: false))
    return net
  }

  /// The error, after a check that the model is what it was.
  private func refusal(
    _ path: String, into net: AudioClassifier, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let (values, logits, head) = (net.allValues, try net.logits(input), net.head)
    let trainable = net.trainableParameters.map(\.name)
    let attached = net.attachments.map(\.name)
    let error = try #require(throws: (any Error).self, sourceLocation: sourceLocation) {
      try AdapterFile.load(path, into: net)
    }
    #expect(error is any DescribedError, "\(error)", sourceLocation: sourceLocation)
    #expect(net.head === head, sourceLocation: sourceLocation)
    #expect(net.attachments.map(\.name) == attached, sourceLocation: sourceLocation)
    #expect(net.allValues == values, sourceLocation: sourceLocation)
    #expect(try net.logits(input) == logits, sourceLocation: sourceLocation)
    #expect(
      net.trainableParameters.map(\.name) == trainable && net.freezeRules.isEmpty
        && net.features == nil && net.classes.count == net.head.classes,
      sourceLocation: sourceLocation)
    return "\(error)"
  }

  // MARK: - What comes back

  @Test func bytesAreTheSameEachTime() throws {
    let net = try trained()
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
    let net = try trained()
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
    let (a, b) = (try trained(), try trained("lora", seed: 9))
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
    let net = try trained("lora", classes: ["u", "v"])
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    let notices = try AdapterFile.load(path, into: loaded)
    #expect(notices == ["the head is the set's, for 2 classes"])
    #expect(loaded.classes == ["u", "v"])
    #expect(try loaded.logits(input) == net.logits(input))

    let taken = try trained()
    let message = try refusal(path, into: taken)
    #expect(message.contains("2 classes") && message.contains("x"))
  }

  @Test(arguments: [Pooling.cls, .clsAndDistillation])
  func otherPoolingAndHead(_ pooling: Pooling) throws {
    let net = try trained("lora", pooling: pooling)
    try AdapterFile.save(net, to: path)
    let loaded = try TinyModel.classifier()
    #expect(try AdapterFile.load(path, into: loaded).last?.contains(pooling.rawValue) == true)
    #expect(loaded.pooling == pooling)
    #expect(try loaded.logits(input) == net.logits(input))
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

  @Test func missingAndLeftOverTensorsAreListed() throws {
    try AdapterFile.save(trained(), to: path)
    var file = try EditedSafetensors(path)
    let gone = [
      "x/encoder.layer.0.adapter_module_FFN.bnorm.running_mean", "x/layernorm.bias",
      "x/classification_head.weight",
    ]
    for name in gone { #expect(file.tensors.removeValue(forKey: name) != nil) }
    file.tensors["x/extra"] = Tensor([1])
    file.tensors["y/more"] = Tensor([1])
    try file.write(path)
    let message = try refusal(path, into: TinyModel.classifier())
    for name in gone + ["x/extra", "y/more"] { #expect(message.contains(name)) }
    #expect(message.contains("lacks") && message.contains("has"))
  }

  @Test func shapesMustFit() throws {
    try AdapterFile.save(trained(), to: path)
    var file = try EditedSafetensors(path)
    file.tensors["x/layernorm.bias"] = Tensor([2, 4])
    try file.write(path)
    let message = try refusal(path, into: TinyModel.classifier())
    #expect(message.contains("x/layernorm.bias") && message.contains("[8], found [2, 4]"))
  }

  @Test func anotherBackbone() throws {
    try AdapterFile.save(trained("lora"), to: path)
    #expect(
      try refusal(path, into: TinyModel.classifier(layers: 3)).contains(
        "layers is 2 there and 3 here"))
    let moved = try TinyModel.classifier()
    let parameter = try #require(
      moved.backbone.parameters.first { $0.name.hasSuffix("layer.1.output.dense.bias") })
    parameter.value.pointer[3] += 1e-7
    #expect(
      try refusal(path, into: moved).contains("'encoder.layer.1.output.dense.bias' has other"))
  }

  @Test func anotherKindOfFile() throws {
    let net = try trained()
    try ModelFile.save(net, to: path)
    #expect(try refusal(path, into: TinyModel.classifier()).contains("a whole model"))
    try Safetensors.write([Safetensors.Item("a", Tensor([1]))], to: path)
    #expect(try refusal(path, into: TinyModel.classifier()).contains("other tensors"))
    #expect(try refusal(folder.file("none"), into: TinyModel.classifier()).contains("none"))
    try folder.write("text.safetensors", Array("no tensors here, only words".utf8))
    #expect(
      try refusal(folder.file("text.safetensors"), into: TinyModel.classifier())
        .contains("text.safetensors"))
  }

  /// A set that trains the whole backbone is still a set.
  @Test func aSetIsNoModel() throws {
    let net = try trained("full")
    try AdapterFile.save(net, to: path)
    let error = try #require(throws: ModelFileError.self) { try ModelFile.load(path) }
    #expect(error.message.contains("a set of adapters (x)"))
    let loaded = try TinyModel.classifier()
    try AdapterFile.load(path, into: loaded)
    #expect(try loaded.logits(input) == net.logits(input))
  }

  @Test func aNameThatIsTaken() throws {
    try AdapterFile.save(trained(), to: path)
    let net = try trained("lora")
    #expect(try refusal(path, into: net).contains("'x' already"))
    // The file's values of what both share did not stay behind.
    try AdapterFile.load(path, into: net, as: "y")
    try net.detach("y")
    #expect(try net.logits(input) == trained("lora").logits(input))
  }

  // MARK: - Damaged descriptions

  struct Damage: Sendable, CustomTestStringConvertible {
    var what: String
    var says: String
    var edit: @Sendable (inout EditedSafetensors) -> Void
    var testDescription: String { what }
  }

  static let damages: [Damage] = [
    Damage(what: "no JSON", says: "damaged") { $0.text = "{\"version\": " },
    Damage(what: "empty", says: "damaged") { $0.text = "" },
    Damage(what: "a list", says: "damaged") { $0.text = "[1, 2]" },
    Damage(what: "deep nesting", says: "damaged") {
      $0.text = String(repeating: "[", count: 100_000)
    },
    Damage(what: "no attachments", says: "adapters") { $0.description["attachments"] = [] },
    Damage(what: "attachments of another type", says: "damaged") {
      $0.description["attachments"] = "x"
    },
    Damage(what: "a huge list of layers", says: "layers") {
      $0.method["layers"] = Array(0..<200_000)
    },
    Damage(what: "negative layers", says: "layers") { $0.method["layers"] = [-1] },
    Damage(what: "layers beyond Int", says: "damaged") { $0.method["layers"] = [1e30] },
    Damage(what: "an unknown kind", says: "conformr") { $0.method["kind"] = "conformr" },
    Damage(what: "a kind without position", says: "position") {
      $0.method["kind"] = "bitfit"
      $0.method["settings"] = [String: Int]()
    },
    Damage(what: "an unknown position", says: "damaged") { $0.method["position"] = "up.there" },
    Damage(what: "an unknown setting", says: "siez") { $0.method["settings"] = ["siez": 1] },
    Damage(what: "a negative setting", says: "rate") { $0.method["settings"] = ["rate": -4] },
    Damage(what: "a setting of another type", says: "damaged") {
      $0.method["settings"] = ["rate": ["x": 1]]
    },
    Damage(what: "a huge kernel", says: "kernel") {
      $0.method["settings"] = ["rate": 4, "kernel": 1_000_000]
    },
    Damage(what: "another kernel", says: "dwise_conv.weight") {
      $0.method["settings"] = ["rate": 4, "kernel": 4096]
    },
    Damage(what: "more than the file holds", says: "lacks") {
      $0.method["kind"] = "softmoa"
      $0.method["settings"] = ["rate": 1, "adapters": 256, "slots": 1024, "kernel": 4096]
    },
    Damage(what: "a name with a slash", says: "'/'") { $0.method["name"] = "x/y" },
    Damage(what: "an empty name", says: "empty") { $0.method["name"] = "" },
    Damage(what: "the same twice", says: "'x' already") {
      $0.description["attachments"] = [$0.method, $0.method]
    },
    Damage(what: "many that are not there", says: "lacks") { file in
      file.description["attachments"] = (0..<3000).map { number in
        file.method.merging(["name": "n\(number)"]) { $1 }
      }
    },
    Damage(what: "no classes", says: "classification_head.weight") {
      $0.description["classes"] = [String]()
    },
    Damage(what: "many classes", says: "classification_head.weight") {
      $0.description["classes"] = (0..<5000).map { "class \($0)" }
    },
    Damage(what: "an unknown pooling", says: "damaged") { $0.description["pooling"] = "SOME" },
    Damage(what: "a pooling without prompts", says: "damaged") {
      $0.description["pooling"] = "PROMPTS"
    },
    Damage(what: "an unknown head", says: "damaged") { $0.description["head"] = "two" },
    Damage(what: "another head", says: "classifier.dense.weight") {
      $0.description["head"] = "normalised"
    },
    Damage(what: "negative sizes", says: "hidden is -8 there") { $0.sizes["hidden_size"] = -8 },
    Damage(what: "no sizes", says: "damaged") { $0.description["backbone"] = [String: Int]() },
    Damage(what: "no fingerprint of a parameter", says: "it has no 'embeddings.cls_token'") {
      $0.description["fingerprint"] = ["x": "1"]
    },
  ]

  @Test(arguments: damages) func damagedDescription(_ damage: Damage) throws {
    try AdapterFile.save(trained(), to: path)
    var file = try EditedSafetensors(path)
    damage.edit(&file)
    try file.write(path)
    let message = try refusal(path, into: TinyModel.classifier())
    #expect(message.contains(damage.says), "\(message.prefix(300))")
  }
}
