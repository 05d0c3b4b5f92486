import ASTKit
import Foundation
import TestSupport
import Testing

/// Whole models come back to the bit; files that cannot be one leave nothing behind.
struct ModelFileTests {
  let folder: TemporaryFolder
  let path: String
  let input = TinyModel.input()

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net.safetensors")
  }

  @Test(arguments: [Pooling.all, .cls, .clsAndDistillation])
  func roundTrip(_ pooling: Pooling) throws {
    let net = try TinyModel.classifier(classes: ["u", "v"], pooling: pooling)
    net.features = TinyData.settings
    try net.setTrainable(false, matching: "embeddings.*")
    for path in [path, folder.file("folder")] {
      try ModelFile.save(net, to: path)
      let (loaded, notices) = try ModelFile.load(path)
      #expect(notices == [])
      #expect(try loaded.logits(input).map(\.bitPattern) == net.logits(input).map(\.bitPattern))
      #expect(loaded.classes == net.classes && loaded.pooling == pooling)
      #expect(loaded.features == net.features)
      #expect(loaded.trainableParameters.map(\.name) == net.trainableParameters.map(\.name))
    }
  }

  @Test func classesThatLookAlikeStayApart() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let net = try TinyModel.classifier(classes: [composed, decomposed])
    let made = folder.file("made")
    try ModelFile.save(net, to: made)
    let labels = try JSONFile.read("\(made)/config.json").object("label2id").values
    #expect(labels.count == 2 && labels[composed] == 0 && labels[decomposed] == 1)
    let classes = try ModelFile.load(made).model.classes
    #expect(classes.map { Array($0.utf8) } == [composed, decomposed].map { Array($0.utf8) })
  }

  /// Foundation's parser traps where the text ends with the 513th bracket.
  @Test(arguments: [300, 513, 5000])
  func aDescriptionOfBrackets(_ depth: Int) throws {
    try ModelFile.save(try TinyModel.classifier(), to: path)
    var file = try EditedSafetensors(path)
    for start in ["", "{\"backbone\":"] {
      file.text = start + String(repeating: "[", count: depth)
      try file.write(path)
      #expect(throws: ModelFileError.description(path: path)) { try ModelFile.load(path) }
    }
  }

  /// Without petl's description, as another program would read and write it.
  @Test func aFolderReadByItsConfiguration() throws {
    let net = try TinyModel.classifier(classes: ["u", "v"], pooling: .clsAndDistillation)
    let made = folder.file("made")
    try ModelFile.save(net, to: made)
    var file = try EditedSafetensors("\(made)/model.safetensors")
    file.text = "{}"
    let tensors = file.tensors.sorted { $0.key < $1.key }
    try Safetensors.write(
      tensors.map { Safetensors.Item($0.key, $0.value) }, to: "\(made)/model.safetensors")
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(made)/config.json"))
    let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    #expect(json?["model_type"] as? String == "audio-spectrogram-transformer")
    #expect(json?["architectures"] as? [String] == ["ASTForAudioClassification"])
    #expect(json?["hidden_size"] as? Int == 8 && json?["layer_norm_eps"] as? Double == 1e-12)
    let (loaded, _) = try ModelFile.load(made)
    #expect(loaded.classes == ["u", "v"])
    #expect(try loaded.logits(input) == net.logits(input))
  }

  @Test func anEndingInCapitals() throws {
    let path = folder.file("NET.SAFETENSORS")
    try ModelFile.save(TinyModel.classifier(), to: path)
    #expect(!FileManager.default.fileExists(atPath: "\(path)/config.json"))
    #expect(try ModelFile.load(path).model.classes == ["a", "b", "c"])
  }

  @Test func otherClassesAndFrames() throws {
    let net = try TinyModel.classifier()
    try net.attach("lora", name: "x")
    try ModelFile.save(net, to: path)
    var options = ModelFile.Options()
    (options.classes, options.frames) = (["one", "two"], 56)
    let (loaded, notices) = try ModelFile.load(path, options)
    #expect(loaded.classes == ["one", "two"] && loaded.attachments.isEmpty)
    #expect(notices.contains { $0.contains("fitted from 3 to 5") })
    #expect(notices.contains { $0.contains("the head is new, for 2 classes") })
    #expect(notices.contains { $0.contains("left out x") })
    #expect(try loaded.logits(Tensor([1, 56, 36])).count == 2)
    options.frames = 0
    #expect(throws: EngineError.self) { try ModelFile.load(path, options) }
  }

  // MARK: - What cannot be a model

  struct Damage: Sendable, CustomTestStringConvertible {
    var what: String
    var says: [String]
    var edit: @Sendable (inout EditedSafetensors) throws -> Void
    var testDescription: String { what }
  }

  private static func size(_ name: String, _ value: Int, says: [String]) -> Damage {
    Damage(what: "\(name) = \(value)", says: says) { $0.sizes[name] = value }
  }

  static let damages: [Damage] = [
    Damage(what: "missing and left over", says: ["layernorm.bias", "lacks"]) {
      $0.tensors["layernorm.bias"] = nil
      $0.tensors["encoder.layer.0.intermediate.dense.bias"] = nil
    },
    Damage(what: "left over", says: ["encoder.layer.7.layernorm_after.bias", "does not"]) {
      $0.tensors["encoder.layer.7.layernorm_after.bias"] = try Tensor([8])
    },
    Damage(what: "wrong shape", says: ["output.dense.weight", "[8, 16], found [16, 8]"]) {
      $0.tensors["encoder.layer.1.output.dense.weight"] = try Tensor([16, 8])
    },
    Damage(what: "positions of another length", says: ["position_embeddings", "[1, 12, 8]"]) {
      $0.tensors["embeddings.position_embeddings"] = try Tensor([1, 12, 8])
    },
    Damage(what: "a head of another width", says: ["classification_head.weight"]) {
      $0.tensors["classification_head.weight"] = try Tensor([3, 9])
    },
    Damage(what: "no JSON", says: ["damaged"]) { $0.text = "{" },
    size("hidden_size", -8, says: ["hidden", "-8"]),
    size("hidden_size", 0, says: ["hidden", "0"]),
    size("num_hidden_layers", 1_000_000, says: ["depth", "1000000"]),
    size("num_hidden_layers", 256, says: ["lacks", "encoder.layer.2."]),
    size("num_attention_heads", 3, says: ["heads"]),
    size("num_attention_heads", 0, says: ["heads"]),
    size("frequency_stride", 0, says: ["frequency_stride", "0"]),
    size("time_stride", -1, says: ["time_stride", "-1"]),
    size("patch_size", 0, says: ["patch"]),
    size("max_length", 15, says: ["frames", "15"]),
    size("num_mel_bins", Int.min, says: ["mels"]),
    size("intermediate_size", Int.max, says: ["mlp"]),
    Damage(what: "as large as is allowed", says: ["should have shape"]) {
      $0.sizes["hidden_size"] = 16_384
      $0.sizes["intermediate_size"] = 65_536
      $0.sizes["num_hidden_layers"] = 256
      $0.sizes["max_length"] = 100_000
    },
    Damage(what: "an attachment that is not there", says: ["attached/y/", "lacks"]) {
      $0.method = ["name": "y", "kind": "lora", "settings": [String: Int](), "isEnabled": true]
    },
    Damage(what: "an attachment nobody told of", says: ["attached/z/w"]) {
      $0.method = ["name": "y", "kind": "bitfit", "settings": [String: Int](), "isEnabled": true]
      $0.tensors["attached/z/w"] = try Tensor([1])
    },
  ]

  @Test(arguments: damages) func damaged(_ damage: Damage) throws {
    try ModelFile.save(TinyModel.classifier(), to: path)
    var file = try EditedSafetensors(path)
    try damage.edit(&file)
    try file.write(path)
    let error = try #require(throws: (any Error).self) { try ModelFile.load(path) }
    #expect(error is any DescribedError, "\(error)")
    for words in damage.says { #expect("\(error)".contains(words), "\(error)") }
  }

  @Test func cutAnywhere() throws {
    try ModelFile.save(TinyModel.classifier(), to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in stride(from: 0, to: bytes.count, by: bytes.count / 40 + 1) {
      try writeQuickly([UInt8](bytes.prefix(count)), to: path)
      let error = try #require(throws: (any Error).self) { try ModelFile.load(path) }
      #expect(error is any DescribedError, "\(error)")
    }
  }

  /// In a process of its own, where nobody else uses the pool.
  @Test func aRefusedFileLeavesNoMemoryInUse() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.file("net.safetensors")
      try ModelFile.save(TinyModel.classifier(layers: 3), to: path)
      var file = try EditedSafetensors(path)
      file.tensors["encoder.layer.2.output.dense.weight"] = try Tensor([16, 8])
      file.tensors["embeddings.cls_token"] = nil
      try file.write(path)
      file.tensors = [:]
      let before = BufferPool.shared.statistics.bytesInUse
      for _ in 0..<3 { #expect(throws: (any Error).self) { try ModelFile.load(path) } }
      #expect(BufferPool.shared.statistics.bytesInUse == before)
    }
  }

  // MARK: - transformers' own files

  static let absence: Comment = "no reference tensors"

  private func worst(_ a: Tensor?, _ b: Tensor) throws -> Float {
    let a = try #require(a)
    try #require(a.shape == b.shape)
    return zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(.enabled(if: Goldens.exist, absence)) func bareModelOfTransformers() throws {
    let base = (Goldens.folder ?? "") + "/base_ast"
    #expect(throws: EngineError.self) { try ModelFile.load(base) }
    var options = ModelFile.Options()
    options.classes = ["x", "y"]
    let (net, notices) = try ModelFile.load(base, options)
    #expect(notices == ["the head is new, for 2 classes"] && net.pooling == .all)
    let model = try #require(net.backbone as? ASTModel)
    let input = try Goldens.file("inputs_ast").tensor("input_values")
    let trace = try model.trace(input, Tape(.inference, recording: false))
    let expected = try Goldens.file("ast_plain")
    for name in ["last_hidden_state", "pooled_output"] {
      #expect(try worst(trace[name], expected.tensor(name)) < 2e-5)
    }
  }

  @Test(.enabled(if: Goldens.exist, absence)) func classifierOfTransformers() throws {
    let (net, notices) = try ModelFile.load((Goldens.folder ?? "") + "/base_ast_classifier")
    #expect(notices == [] && net.pooling == .clsAndDistillation && net.classes.count == 5)
    let input = try Goldens.file("inputs_ast").tensor("input_values")
    let logits = try net.forward(input, Tape(.inference, recording: false))
    #expect(try worst(logits, Goldens.file("ast_classifier").tensor("logits")) < 2e-5)
  }
}
