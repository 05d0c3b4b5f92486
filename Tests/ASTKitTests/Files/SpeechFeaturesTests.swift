import TestSupport
import Testing

@testable import ASTKit

/// What a preprocessor_config.json of wav2vec 2.0 says is known to the model, written again
/// with it, and told where petl does otherwise.
struct SpeechFeaturesTests {
  private let folder: TemporaryFolder
  private let path: String

  /// A folder as transformers writes it: petl's, without petl's own description.
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net")
    var sizes = Wav2Vec2Configuration()
    (sizes.hidden, sizes.layers, sizes.heads, sizes.intermediate) = (8, 1, 2, 8)
    (sizes.channels, sizes.kernels, sizes.strides) = ([4], [5], [3])
    (sizes.positionKernel, sizes.positionGroups) = (4, 2)
    let source = RandomParameters(seed: 1)
    let net = try AudioClassifier(
      backbone: Wav2Vec2Model(sizes, from: source),
      head: ClassificationHead(.linear, hidden: 8, classes: 2, from: source),
      classes: ["u", "v"])
    try ModelFile.save(net, to: path)
    let file = "\(path)/model.safetensors"
    let tensors = try EditedSafetensors(file).tensors
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }, to: file)
  }

  private func load(
    _ preprocessor: JSONMembers
  ) throws -> (model: AudioClassifier, notices: [String]) {
    try JSONFile.write(preprocessor, to: "\(path)/preprocessor_config.json")
    return try ModelFile.load(path)
  }

  @Test func withoutAFileNothingIsKnown() throws {
    #expect(try ModelFile.load(path).model.features == nil)
  }

  @Test func whatTheFileSaysTravels() throws {
    let (net, notices) = try load([
      "feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": false,
      "return_attention_mask": true, "sampling_rate": 8000, "padding_value": 0.0,
      "padding_side": "right", "feature_size": 1,
    ])
    #expect(notices == [])
    let features = try #require(net.features)
    #expect(features.kind == .waveform && features.sampleRate == 8000)
    #expect(!features.normalisesClips && features.masksPadding)
    try ModelFile.save(net, to: folder.file("again"))
    let file = try JSONFile.read(folder.file("again/preprocessor_config.json"))
    #expect(try file.text("feature_extractor_type", default: "") == "Wav2Vec2FeatureExtractor")
    #expect(try !file.bool("do_normalize", default: true))
    #expect(try file.bool("return_attention_mask", default: false))
    #expect(try file.integer("sampling_rate", default: 0) == 8000)
    #expect(try ModelFile.load(folder.file("again")).model.features == features)
  }

  @Test func whatItLeavesOutIsAsInTransformers() throws {
    let features = try #require(try load([:]).model.features)
    #expect(features.normalisesClips && !features.masksPadding && features.sampleRate == 16_000)
  }

  @Test(
    arguments: [
      (["padding_value": 1], "pads clips on the right with 1.0, petl on the right with 0"),
      (["padding_side": "left"], "pads clips on the left with 0.0, petl on the right with 0"),
      (
        ["feature_extractor_type": "WhisperFeatureExtractor"],
        "is not used: it is of WhisperFeatureExtractor, expected Wav2Vec2FeatureExtractor"
      ),
    ] as [(JSONMembers, String)])
  func whatPetlDoesOtherwiseIsTold(_ values: JSONMembers, _ words: String) throws {
    #expect(try load(values).notices == ["'\(path)/preprocessor_config.json' \(words)"])
  }

  @Test(arguments: [["do_normalize": "yes"], ["sampling_rate": 0]] as [JSONMembers])
  func aBrokenFileIsRefused(_ values: JSONMembers) {
    #expect(throws: (any Error).self) { try load(values) }
  }

  @Test func differencesInWords() {
    let plain = FeatureSettings.waveform(seconds: 1)
    var other = FeatureSettings.waveform(seconds: 2, sampleRate: 8000, normalisesClips: false)
    other.masksPadding = true
    #expect(
      other.difference(from: plain)
        == "8000 Hz then, 16000 Hz now; clips as they are then, normalised now")
    #expect(plain.difference(from: .waveform(seconds: 9)) == nil)
    #expect(plain.difference(from: FeatureSettings()) == "waveform then, logMel now")
    #expect(
      FeatureSettings(melBins: 64, frames: 10, std: 2).difference(
        from: FeatureSettings(melBins: 32, frames: 20, std: 3), ("here", "there"))
        == "64 mel bins here, 32 mel bins there; 10 frames here, 20 frames there; "
        + "std 2.0 here, 3.0 there")
  }
}
