import TestSupport
import Testing

@testable import ASTKit

/// A backbone that only says what it is, in one file, is made, saved, loaded and summarised like
/// those of petl.
struct ToyBackboneTests {
  let folder: TemporaryFolder
  let input = DoubleTensor.random([2, 10, 12], seed: 3).tensor

  init() throws { folder = try TemporaryFolder() }

  /// With the toy in the list, in this task only.
  private func listed<Result>(_ work: () throws -> Result) rethrows -> Result {
    try Backbones.$additional.withValue([ToySizes.self], operation: work)
  }

  private func net(_ chosen: [String: SettingValue] = [:]) throws -> AudioClassifier {
    let sizes = try #require(Backbones.preset("toy-tiny")).choosing(chosen)
    let source = RandomParameters(seed: 1)
    let backbone = try sizes.build(from: source)
    let net = try AudioClassifier(
      backbone: backbone,
      head: ClassificationHead(.linear, hidden: backbone.hidden, classes: 2, from: source),
      classes: ["a", "b"])
    TinyModel.scatter(net.parameters, seed: 5)
    return net
  }

  @Test func itIsKnownInItsScopeOnly() throws {
    #expect(Backbones.preset("toy-tiny") == nil)
    try listed {
      #expect(Backbones.presetNames.contains("toy-tiny"))
      let backbone = try net(["hidden": .number(16), "depth": .number(1)]).backbone
      #expect(backbone.summary == "Toy, hidden 16, 1 layers")
      let error = #expect(throws: EngineError.self) { try net(["frames": .number(10)]) }
      #expect(
        error?.message
          == "'frames' must be left out: Toy takes hidden, depth, heads, mels, found 10")
    }
  }

  @Test(arguments: ["net.safetensors", "net"]) func aModelComesBack(_ name: String) throws {
    let path = folder.file(name)
    try listed {
      let saved = try net(["depth": .number(1)])
      try ModelFile.save(saved, to: path)
      let (loaded, notices) = try ModelFile.load(path)
      #expect(notices == [])
      #expect(try loaded.logits(input) == saved.logits(input))
      var options = ModelFile.Options()
      options.frames = 20
      let error = #expect(throws: EngineError.self) { try ModelFile.load(path, options) }
      #expect(error?.message.contains("Toy takes any length") == true)
    }
    // Elsewhere, its description is of nothing known.
    let error = #expect(throws: ModelFileError.self) { try ModelFile.load(path) }
    #expect(error?.message.contains("petl's description of the tensors is damaged") == true)
  }

  /// As transformers would write it: no description of petl's, a prefix, a `config.json`.
  @Test func aCheckpointOfTransformersIsRead() throws {
    let path = folder.file("net")
    try listed {
      let saved = try net()
      try ModelFile.save(saved, to: path)
      let items = saved.backbone.parameters.map { Safetensors.Item("toy.\($0.name)", $0.value) }
      try Safetensors.write(items, to: "\(path)/model.safetensors")
      var options = ModelFile.Options()
      options.classes = ["x", "y"]
      let loaded = try ModelFile.load(path, options).model
      #expect(loaded.backbone is ToyModel)
      for (mine, theirs) in zip(loaded.backbone.parameters, saved.backbone.parameters) {
        #expect(mine.value.hasSameBytes(as: theirs.value), "\(mine.name)")
      }
      try Safetensors.write(
        items.dropLast() + [.init("other", Tensor([1]))], to: "\(path)/model.safetensors")
      let error = #expect(throws: ModelFileError.self) { try ModelFile.load(path, options) }
      #expect(error?.message.contains("lacks norm.bias and has other") == true)
    }
  }

  @Test func methodsAreAttachedSavedAndKeptFromOtherBackbones() throws {
    let path = folder.file("set.safetensors")
    try listed {
      let saved = try net()
      try saved.attach("lora", ["rank": .number(2)])
      try saved.attach("bottleneck", ["rate": .number(4)])
      TinyModel.scatter(saved.attachments.flatMap(\.parameters), seed: 9)
      try AdapterFile.save(saved, to: path)
      let other = try net()
      try AdapterFile.load(path, into: other)
      #expect(try other.logits(input) == saved.logits(input))
      let ast = try TinyModel.classifier()
      let error = #expect(throws: ModelFileError.self) { try AdapterFile.load(path, into: ast) }
      #expect(error?.message.contains("it is Toy there and AST here") == true)
      let refused = #expect(throws: EngineError.self) {
        try PEFTFolder.save(saved, to: folder.file("peft"))
      }
      #expect(refused?.message == "only AST's LoRA is written in peft's layout")
      #expect(throws: EngineError.self) { try saved.attach("prompt") }
    }
  }

  @Test func itIsSummarised() throws {
    let net = try listed { try self.net() }
    try net.attach("linear")
    let summary = try ModelSummary(net)
    #expect(summary.rows.map(\.name).contains { $0.hasPrefix("blocks") })
    #expect(summary.rows.first?.output == [10, 8])
    #expect(summary.forwardFlops > 0 && summary.frozenPrefix != nil)
  }

  /// A site that petl has not heard of: what hangs there ends the frozen prefix, is named in the
  /// summary, trained, saved, loaded and merged like anything else.
  @Test func aMethodOnASiteOfItsOwnIsOneOfAll() throws {
    try PETLMethods.$additional.withValue([ToyMethod.self]) {
      try listed {
        let net = try self.net()
        try net.attach("toyframes")
        #expect(net.frozenPrefix.isEmpty)
        #expect(
          net.frozenPrefix.reason == "'toyframes' is attached to the frames of the embeddings")
        #expect(try ModelSummary(net).rows.map(\.name).contains("toyframes on frames"))
        let before = try net.logits(input)
        let step = TrainingStep(net)
        for _ in 0..<3 {
          try step.take(
            [{ _ in .init(.input(input), labels: [0, 1]) }], clips: 2, rate: { _ in 0.01 })
        }
        let trained = try net.logits(input)
        #expect(trained != before)
        let path = folder.file("toy.safetensors")
        try AdapterFile.save(net, to: path)
        let other = try self.net()
        try AdapterFile.load(path, into: other)
        #expect(try other.logits(input) == trained)
        #expect(try net.merge("toyframes", probe: input) < 1e-5)
        #expect(net.attachments.isEmpty)
      }
    }
  }

  @Test func whatIsNotListedIsNotWritten() throws {
    let net = try listed { try self.net() }
    let error = #expect(throws: EngineError.self) {
      try ModelFile.save(net, to: folder.file("net.safetensors"))
    }
    #expect(error?.message == "a backbone of this kind cannot be written")
  }
}
