import ASTKit
import TestSupport
import Testing

/// A checkpoint of the published code fits the backbone it holds, and no other.
struct PublishedCheckpointTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("bestmodel_fold0")
  }

  /// A trained model and its tensors as the published code names them.
  private func write() throws -> AudioClassifier {
    let net = try TrainedSet.model("lora")
    let own = net.attachments.flatMap { $0.parameters + $0.buffers }
    let items = (net.backbone.parameters + own).map { ("model.\($0.name)", $0.value) }
    let head = net.head.parameters.map { ($0.name, $0.value) }
    try Safetensors.write((items + head).map { Safetensors.Item($0.0, $0.1) }, to: path)
    return net
  }

  private func attached() throws -> AudioClassifier {
    let net = try TinyModel.classifier()
    try net.attach("lora")
    return net
  }

  @Test func whatWasTrainedIsTakenOver() throws {
    let (trained, net) = (try write(), try attached())
    #expect(try AdapterFile.load(path, into: net).count == 1)
    #expect(try net.logits(TinyModel.input()) == trained.logits(TinyModel.input()))
  }

  @Test func anotherBackboneIsRefused() throws {
    _ = try write()
    let net = try attached()
    let name = "encoder.layer.1.intermediate.dense.bias"
    let frozen = try #require(net.backbone.parameters.first { $0.name == name })
    frozen.value.pointer[2] += 1e-6
    let before = net.allValues
    let error = #expect(throws: ModelFileError.self) { try AdapterFile.load(path, into: net) }
    #expect(
      error == .otherBackbone(path: path, difference: "'\(name)' has other values"))
    #expect(net.allValues == before)
  }
}
