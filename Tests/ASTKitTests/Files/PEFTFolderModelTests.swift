import TestSupport
import Testing

@testable import ASTKit

@Suite("LoRA of a model in peft's layout")
struct PEFTFolderModelTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("adapter")
  }

  private func model(_ style: ClassificationHead.Style = .normalised) throws -> AudioClassifier {
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 2, 2, 16)
    (sizes.frames, sizes.melBins) = (26, 26)
    let parameters = RandomParameters(seed: 1)
    return try AudioClassifier(
      backbone: ASTModel(sizes, from: parameters),
      head: ClassificationHead(style, hidden: 8, classes: 3, from: parameters),
      classes: ["a", "b", "c"], pooling: style == .normalised ? .clsAndDistillation : .all)
  }

  private func logits(_ model: AudioClassifier) throws -> [Float] {
    var random = RandomSource(seed: 3)
    let input = try Tensor([2, 26, 26], values: (0..<1352).map { _ in Float(random.uniform()) })
    return try model.forward(input, Tape(.inference, recording: false)).values
  }

  /// Gives everything that is trained other values, as training would.
  private func train(_ model: AudioClassifier) {
    var random = RandomSource(seed: 2)
    for parameter in model.trainableParameters {
      for i in 0..<parameter.count {
        parameter.value.pointer[i] += Float(random.uniform() - 0.5)
      }
    }
  }

  @Test("a model that loads what another saved gives the same logits")
  func roundTrip() throws {
    let saved = try model()
    try saved.attach(
      "lora", ["rate": .number(4), "alpha": .number(3), "on": .texts(["q", "v"])], layers: [1])
    try saved.attach(
      "lora", ["rank": .number(3), "alpha": .number(2), "on": .texts(["o", "k"])])
    train(saved)
    #expect(try PEFTFolder.save(saved, to: path) == [])

    let loaded = try model()
    let before = try logits(loaded)
    #expect(try PEFTFolder.load(path, into: loaded, as: "mine") == [])
    #expect(loaded.attachments.map(\.name) == ["mine", "mine2"])
    let (found, wanted) = (try logits(loaded), try logits(saved))
    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(zip(before, wanted).contains { abs($0 - $1) > 1e-3 })

    // Taken away again, nothing of the folder remains.
    for name in ["mine", "mine2"] { try loaded.detach(name) }
    #expect(try logits(loaded) == before)
  }

  @Test("a head of petl's own stays out of the folder, and the user is told")
  func ownHead() throws {
    let saved = try model(.linear)
    try saved.attach("lora")
    train(saved)
    let notices = try PEFTFolder.save(saved, to: path)
    #expect(notices.count == 1 && notices[0].contains("the trained head is not in the folder"))
    #expect(
      Set(try PEFTFolder.read(path).saved.map(\.name)) == ["layernorm.weight", "layernorm.bias"])
    let loaded = try model(.linear)
    try PEFTFolder.load(path, into: loaded)
    #expect(loaded.attachments.map(\.kind) == ["lora"])
  }

  @Test("dropout, which petl's LoRA does not have, is told of")
  func dropout() throws {
    let saved = try model()
    try saved.attach("lora")
    try PEFTFolder.save(saved, to: path)
    var adapter = try PEFTFolder.read(path)
    adapter.dropout = 0.5
    try PEFTFolder.write(adapter, to: path)
    let notices = try PEFTFolder.load(path, into: model())
    #expect(notices.count == 1 && notices[0].contains("lora_dropout of 0.5"))
  }

  @Test("what is switched off is not written, and the message says so")
  func disabled() throws {
    let saved = try model()
    try saved.attach("lora", name: "x")
    try saved.setEnabled(false, "x")
    let error = #expect(throws: EngineError.self) { try PEFTFolder.save(saved, to: path) }
    #expect(error?.message.contains("is off ('x')") == true)
  }

  @Test("what the layout cannot hold is refused before anything is written")
  func refusedToSave() throws {
    let conformer = try model()
    try conformer.attach("conformer", ["rate": .number(2)])
    #expect(throws: EngineError.self) { try PEFTFolder.save(conformer, to: path) }
    let twice = try model()
    for _ in 0..<2 { try twice.attach("lora") }
    #expect(throws: EngineError.self) { try PEFTFolder.save(twice, to: path) }
    #expect(throws: PEFTError.self) { try PEFTFolder.save(try model(), to: path) }
    #expect(!PEFTFolder.isAdapter(path))
  }

  @Test("a folder that does not fit leaves the model as it was")
  func refusedToLoad() throws {
    let saved = try model()
    try saved.attach("lora")
    try PEFTFolder.save(saved, to: path)
    let other = try model(.linear)
    let before = try logits(other)
    #expect(throws: PEFTError.self) { try PEFTFolder.load(path, into: other) }

    let loaded = try model()
    let wrong = [
      PEFTAdapter.Pair(
        module: "encoder.layer.9.attention.attention.query", down: try Tensor([2, 8]),
        up: try Tensor([8, 2]), alpha: 1),
      .init(
        module: "encoder.layer.0.attention.attention.query", down: try Tensor([2, 9]),
        up: try Tensor([9, 2]), alpha: 1),
      .init(
        module: "encoder.layer.0.output.dense", down: try Tensor([2, 16]), up: try Tensor([8, 2]),
        alpha: 1),
    ]
    for pair in wrong {
      let head = try Tensor([3, 8], filledWith: 1)
      try PEFTFolder.write(
        PEFTAdapter(pairs: [pair], saved: [("classifier.dense.weight", head)]), to: path)
      #expect(throws: (any Error).self, "\(pair.module)") {
        try PEFTFolder.load(path, into: loaded)
      }
      #expect(loaded.attachments.isEmpty)
    }
    #expect(try logits(loaded) == logits(model()))
    #expect(try logits(other) == before)
  }

  @Test("a folder refused half-way leaves other attachments and the training as they were")
  func refusedBesideAnother() throws {
    let saved = try model()
    try saved.attach("lora")
    train(saved)
    try PEFTFolder.save(saved, to: path)
    var adapter = try PEFTFolder.read(path)
    adapter.saved.append(("layernorm.extra", try Tensor([8])))
    try PEFTFolder.write(adapter, to: path, hasClassifier: true)

    let plain = try model()
    #expect(throws: PEFTError.self) { try PEFTFolder.load(path, into: plain) }
    #expect(plain.trainableParameters.count == plain.parameters.count)

    let other = try model()
    try other.attach("bitfit")
    train(other)
    let (before, values) = (try logits(other), other.allValues)
    #expect(throws: PEFTError.self) { try PEFTFolder.load(path, into: other) }
    #expect(other.allValues == values && other.attachments.count == 1)

    // And one that fits comes and goes without taking the other's head along.
    try PEFTFolder.save(saved, to: folder.file("whole"))
    try PEFTFolder.load(folder.file("whole"), into: other, as: "mine")
    #expect(try logits(other) != before)
    try other.detach("mine")
    #expect(try logits(other) == before)
  }

  @Test("a folder for other classes brings a head of its own")
  func otherClasses() throws {
    let saved = try model()
    let two = try ClassificationHead(
      .normalised, hidden: 8, classes: 2, from: RandomParameters(seed: 4))
    try saved.replaceHead(two, classes: ["x", "y"])
    try saved.attach("lora")
    train(saved)
    try PEFTFolder.save(saved, to: path)
    let loaded = try model()
    let before = try logits(loaded)
    #expect(try PEFTFolder.load(path, into: loaded).count == 1)
    let (found, wanted) = (try logits(loaded), try logits(saved))
    #expect(found.count == 4 && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
    try loaded.detach("lora")
    #expect(try logits(loaded) == before)
  }
}
