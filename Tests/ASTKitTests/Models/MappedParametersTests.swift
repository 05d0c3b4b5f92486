import TestSupport
import Testing

@testable import ASTKit

/// A model read from a file must not take memory for its weights before training changes them.
@Suite("Parameters whose values lie in a mapped file")
struct MappedParametersTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("model.safetensors")
    var sizes = ASTConfiguration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 2, 2, 16)
    (sizes.frames, sizes.melBins) = (26, 26)
    let source = RandomParameters(seed: 1)
    let model = try AudioClassifier(
      backbone: ASTModel(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 2, from: source),
      classes: ["a", "b"])
    try ModelFile.save(model, to: path)
  }

  private func step(_ model: AudioClassifier) throws {
    let tape = Tape(.training)
    let logits = try model.forward(Tensor([2, 26, 26], filledWith: 0.5), tape)
    try tape.backward(from: tape.crossEntropy(logits, labels: [0, 1]))
    try AdamW().step(model.trainableParameters) { _ in 0.1 }
    for parameter in model.parameters { parameter.clearGradient() }
  }

  @Test("loading and a forward pass copy nothing, though everything is trainable")
  func loading() throws {
    let model = try ModelFile.load(path).model
    _ = try model.forward(Tensor([1, 26, 26]), Tape(.inference, recording: false))
    #expect(model.trainableParameters.count == model.parameters.count)
    #expect(model.parameters.allSatisfy { $0.value.storage.isBorrowed })
  }

  @Test("training copies what it changes; the file, frozen weights and gradients are right")
  func training() throws {
    let model = try ModelFile.load(path).model
    try model.attach("bitfit")
    try step(model)
    for parameter in model.backbone.parameters {
      #expect(parameter.value.storage.isBorrowed == !parameter.isTrainable, "\(parameter.name)")
    }
    let fresh = try ModelFile.load(path).model
    let name = "encoder.layer.0.intermediate.dense.bias"
    func values(_ model: AudioClassifier) -> [Float]? {
      model.parameters.first { $0.name == name }?.value.values
    }
    let trained = values(model)
    #expect(trained != values(fresh))
    // A second step goes on from the copy.
    try step(model)
    #expect(values(model) != trained)
    // What was set aside before training is what the file has.
    try model.detach("bitfit")
    #expect(values(model) == values(fresh))
    for (a, b) in zip(model.parameters, fresh.parameters) {
      #expect(a.value.values == b.value.values, "\(a.name)")
    }
  }

  @Test("a snapshot goes back to values that still lie in the file")
  func snapshot() throws {
    let model = try ModelFile.load(path).model
    let before = model.parameters.map(\.value.values)
    let snapshot = try Snapshot(model)
    try step(model)
    #expect(model.parameters.map(\.value.values) != before)
    try snapshot.restore()
    #expect(model.parameters.map(\.value.values) == before)
    let untouched = try ModelFile.load(path).model
    try Snapshot(untouched).restore()
    #expect(try ModelFile.load(path).model.parameters.map(\.value.values) == before)
  }
}
