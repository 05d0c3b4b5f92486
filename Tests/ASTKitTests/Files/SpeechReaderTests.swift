import ASTKit
import TestSupport
import Testing

/// The heads of wav2vec 2.0 models: petl's own comes back, others are told of.
struct SpeechReaderTests {
  let folder: TemporaryFolder
  let path: String
  let input = DoubleTensor.random([2, 60], seed: 3).tensor

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net")
  }

  private func net() throws -> AudioClassifier {
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 1, 2, 8)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4], [5], [3])
    (sizes.positionKernel, sizes.positionGroups) = (4, 2)
    let source = RandomParameters(seed: 1)
    return try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 2, from: source),
      classes: ["u", "v"])
  }

  @Test func theOwnHeadComesBack() throws {
    let saved = try net()
    try ModelFile.save(saved, to: path)
    let (loaded, notices) = try ModelFile.load(path)
    #expect(notices == [])
    #expect(try loaded.logits(input) == saved.logits(input))
  }

  @Test func theHeadOfAnotherClassIsReplacedAloud() throws {
    try ModelFile.save(net(), to: path)
    let file = "\(path)/model.safetensors"
    var tensors = try EditedSafetensors(file).tensors
    for part in ["weight", "bias"] { tensors["classification_head.\(part)"] = nil }
    tensors["projector.weight"] = try Tensor([4, 8])
    tensors["classifier.weight"] = try Tensor([2, 4])
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { Safetensors.Item($0.key, $0.value) }, to: file)
    var options = ModelFile.Options()
    options.classes = ["u", "v"]
    let notices = try ModelFile.load(path, options).notices
    #expect(notices.count == 1 && notices[0].contains("in place of the file's"))
  }
}
