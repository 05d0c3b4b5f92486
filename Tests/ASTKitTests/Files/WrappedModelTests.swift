import ASTKit
import Foundation
import TestSupport
import Testing

/// What a model was wrapped in when it was saved makes no difference to what is read.
struct WrappedModelTests {
  let folder: TemporaryFolder
  let path: String
  let input = TinyModel.input()
  private let wanted: [Float]
  private let tensors: [(name: String, tensor: Tensor)]

  /// A folder as transformers writes it.
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net")
    let net = try TinyModel.classifier(classes: ["u", "v"], pooling: .clsAndDistillation)
    wanted = try net.logits(input)
    try ModelFile.save(net, to: path)
    tensors = try EditedSafetensors("\(path)/model.safetensors").tensors
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func write(_ tensors: [(name: String, tensor: Tensor)]) throws {
    try Safetensors.write(
      tensors.map { Safetensors.Item($0.name, $0.tensor) }, to: "\(path)/model.safetensors")
  }

  private func wrapped(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    tensors.map { ("\(prefix)\($0.name)", $0.tensor) }
  }

  private func refusal(
    _ path: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = try #require(throws: (any Error).self, sourceLocation: sourceLocation) {
      try ModelFile.load(path ?? self.path)
    }
    return try #require(error as? any DescribedError, sourceLocation: sourceLocation).description
  }

  @Test(
    arguments: [
      "model.", "module.", "_orig_mod.", "base_model.model.", "network.", "net.", "ast.",
      "model._orig_mod.module.", "module.model.", "ema_model.", "module.base_model.model.",
    ])
  func prefixesComeOff(_ prefix: String) throws {
    try write(wrapped(prefix))
    let (net, notices) = try ModelFile.load(path)
    #expect(try net.logits(input) == wanted)
    #expect(net.classes == ["u", "v"] && notices == [])
  }

  /// As Lightning writes it, with what stands beside the weights there.
  @Test(arguments: [["state_dict"], ["ema_model"], ["model_state_dict"], []])
  func checkpointsOfTraining(_ keys: [String]) throws {
    let beside =
      PickleWriter.text("epoch") + [0x4b, 3, 0x73] + PickleWriter.text("hyper_parameters")
      + [0x7d] + PickleWriter.text("lr") + [0x47, 0x3f, 0x1a, 0x36, 0xe2, 0xeb, 0x1c, 0x43, 0x2d]
      + [0x73, 0x73] + PickleWriter.text("callbacks") + [0x7d, 0x73]
      + PickleWriter.text("loops") + [0x4e, 0x73]
    let file = "\(path)/last.ckpt"
    try AtomicFile.write(
      file, bytes: ArchiveWriter.torch(wrapped("model."), under: keys, beside: beside))
    #expect(try ModelFile.load(file).model.logits(input) == wanted)
  }

  /// Averages of the weights give other logits, so it is told which ones are read.
  @Test(
    arguments: [
      ("state_dict", "ema_state_dict"), ("model", "model_ema"), ("model", "teacher"),
    ])
  func severalSetsOfWeights(_ read: String, _ other: String) throws {
    let average =
      PickleWriter.text(other) + [0x7d] + PickleWriter.text("w")
      + PickleWriter.tensor(numel: 1, shape: [1], strides: [1]) + [0x73, 0x73]
    let file = "\(path)/last.ckpt"
    try AtomicFile.write(
      file, bytes: ArchiveWriter.torch(wrapped("model."), under: [read], beside: average))
    let (net, notices) = try ModelFile.load(file)
    #expect(try net.logits(input) == wanted)
    #expect(
      notices == ["'\(file)' has tensors under \(other) as well: those under \(read) are read"])
  }

  @Test func shards() throws {
    let all = wrapped("net.")
    let parts = [Array(all[..<20]), Array(all[20...])]
    var map = JSONMembers()
    for (i, part) in parts.enumerated() {
      for item in part { map[item.name] = .text("\(i).safetensors") }
      try Safetensors.write(
        part.map { Safetensors.Item($0.name, $0.tensor) }, to: "\(path)/\(i).safetensors")
    }
    try FileManager.default.removeItem(atPath: "\(path)/model.safetensors")
    try JSONFile.write(
      ["weight_map": .object(map)], to: "\(path)/model.safetensors.index.json")
    for path in [path, "\(path)/model.safetensors.index.json"] {
      #expect(try ModelFile.load(path).model.logits(input) == wanted)
    }
  }

  @Test func theSameTwiceIsOnce() throws {
    try write(tensors + wrapped("model."))
    #expect(try ModelFile.load(path).model.logits(input) == wanted)
    var other = wrapped("ema.")
    other[0].tensor = try Tensor(other[0].tensor.shape, filledWith: 5)
    try write(tensors + other)
    let message = try refusal()
    #expect(message.contains("two different tensors for '") && message.contains(", ema."))
  }

  @Test func whatLiesBesideTheModelIsToldAndLeftOut() throws {
    try write(wrapped("model.") + [("criterion.weight", Tensor([2])), ("n_averaged", Tensor([]))])
    let (net, notices) = try ModelFile.load(path)
    #expect(try net.logits(input) == wanted)
    #expect(notices == ["left out, as it is outside the model: criterion.weight, n_averaged"])
    // Inside, it belongs to a model that petl does not know.
    try write(wrapped("model.") + [("model.extra.weight", Tensor([2]))])
    #expect(try refusal().contains("has model.extra.weight, which the model does not"))
  }

  @Test(arguments: ["classifier.weight", "model.fc.weight", "head.1.weight", "mlp_head.weight"])
  func headsOfAnotherKindAreNamed(_ name: String) throws {
    let backbone = wrapped("model.").filter { !$0.name.contains("classifier.") }
    try write(backbone + [(name, Tensor([2, 8]))])
    #expect(
      try refusal().contains(
        "the head in the file is of a kind that petl does not have: \(name)"))
    var options = ModelFile.Options()
    options.classes = ["x"]
    let notices = try ModelFile.load(path, options).notices
    #expect(
      notices.count == 1 && notices[0].hasSuffix("of a kind that petl does not have: \(name)"))
    try write(backbone)
    #expect(try refusal().contains("the file has no head"))
    try write(wrapped("model.") + [(name, Tensor([2, 8]))])
    #expect(try refusal().contains("has \(name), which the model does not"))
  }

  @Test func theStateOfAPEFTModel() throws {
    let query = "audio_spectrogram_transformer.encoder.layer.0.attention.attention.query."
    let state = try wrapped("base_model.model.").flatMap { item -> [(String, Tensor)] in
      let name = item.name.replacing(query, with: "\(query)base_layer.")
      guard let at = name.range(of: "classifier.") else { return [(name, item.tensor)] }
      let (start, rest) = (name[..<at.upperBound], name[at.upperBound...])
      return try [
        ("\(start)modules_to_save.default.\(rest)", item.tensor),
        ("\(start)original_module.\(rest)", Tensor(item.tensor.shape, filledWith: 9)),
      ]
    }
    try write(state)
    #expect(try ModelFile.load(path).model.logits(input) == wanted)
    let matrix = "base_model.model.\(query)lora_A.default.weight"
    try write(state + [(matrix, Tensor([2, 8]))])
    let message = try refusal()
    #expect(message.contains("a whole model with 1 LoRA matrices of peft on it"))
    #expect(message.contains("merge_and_unload"))
    try write([(matrix, Tensor([2, 8]))])
    #expect(try refusal().contains("holds an adapter of peft, and no model"))
  }

  @Test(arguments: ["model.", "module.", "net._orig_mod."])
  func wav2vec2(_ prefix: String) throws {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 1, 2, 8)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4], [5], [3])
    (sizes.positionKernel, sizes.positionGroups) = (4, 2)
    let source = RandomParameters(seed: 1)
    let net = try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 2, from: source), classes: ["u", "v"])
    let sound = DoubleTensor.random([2, 60], seed: 3).tensor
    try ModelFile.save(net, to: path)
    let tensors = try EditedSafetensors("\(path)/model.safetensors").tensors
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { name, tensor in
        let isHead = name.hasPrefix("classification_head.")
        return Safetensors.Item(isHead ? name : "\(prefix)wav2vec2.\(name)", tensor)
      }, to: "\(path)/model.safetensors")
    let loaded = try ModelFile.load(path).model
    #expect(try loaded.logits(sound) == net.logits(sound))
  }
}
