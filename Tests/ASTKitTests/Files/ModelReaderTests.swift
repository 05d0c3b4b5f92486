import ASTKit
import Foundation
import TestSupport
import Testing

/// Folders of other programs are read as these mean them; what does not fit together is told.
struct ModelReaderTests {
  let folder: TemporaryFolder
  let path: String
  let input = TinyModel.input()

  /// A folder as transformers writes it: petl's, without petl's own description.
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("net")
    try ModelFile.save(
      TinyModel.classifier(classes: ["u", "v"], pooling: .clsAndDistillation), to: path)
    try edit { _ in }
  }

  private func edit(_ change: (inout [String: Tensor]) throws -> Void) throws {
    let file = "\(path)/model.safetensors"
    var tensors = try EditedSafetensors(file).tensors
    try change(&tensors)
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { Safetensors.Item($0.key, $0.value) }, to: file)
  }

  private func set(
    _ key: String, _ value: JSONValue, in name: String = "config.json"
  ) throws {
    let file = "\(path)/\(name)"
    var values = (try? JSONFile.read(file).values) ?? JSONMembers()
    values[key] = value
    try JSONFile.write(values, to: file)
  }

  /// The message of the error that reading gives.
  private func refusal(
    _ options: ModelFile.Options = .init(), sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let error = try #require(throws: (any Error).self, sourceLocation: sourceLocation) {
      try ModelFile.load(path, options)
    }
    return try #require(error as? any DescribedError, sourceLocation: sourceLocation).message
  }

  private func classes(_ names: [String]) -> ModelFile.Options {
    var options = ModelFile.Options()
    options.classes = names
    return options
  }

  // MARK: - config.json

  @Test(arguments: ["vit", "wav2vec2"]) func anotherModelType(_ type: String) throws {
    try set("model_type", .text(type))
    let message = try refusal()
    #expect(message.contains("config.json") && message.contains("'model_type'"))
    #expect(message.contains("audio-spectrogram-transformer") && message.contains("\"\(type)\""))
  }

  @Test func anotherActivation() throws {
    try set("hidden_act", "relu")
    #expect(try refusal().contains("'hidden_act' must be gelu, found relu"))
  }

  @Test(
    arguments: [
      ("hidden_size", "big", "'hidden_size' should be a whole number, found \"big\""),
      ("num_hidden_layers", 2.5, "'num_hidden_layers' should be a whole number, found 2.5"),
      ("layer_norm_eps", true, "'layer_norm_eps' should be a number, found true"),
      ("qkv_bias", 1, "'qkv_bias' should be true or false, found 1"),
      ("model_type", 3, "'model_type' should be a text, found 3"),
      ("hidden_act", [], "'hidden_act' should be a text, found a list of 0"),
    ] as [(String, JSONValue, String)])
  func wrongTypesNameTheKey(_ key: String, _ value: JSONValue, _ message: String) throws {
    try set(key, value)
    #expect(try refusal() == "'\(path)/config.json': \(message)")
  }

  /// `NaN`, `Infinity` and null under keys that do not matter, and 8.0 for 8.
  @Test func whatPythonWritesInAConfiguration() throws {
    let file = "\(path)/config.json"
    let text = String(decoding: try MappedFile(file).contents(), as: UTF8.self)
    let start = "\u{FEFF}{\"best_loss\": Infinity, \"x\": [NaN], \"bos_token_id\": null,"
    try AtomicFile.write(
      file, text: start + text.dropFirst().replacing(": 8,", with: ": 8.0,"))
    #expect(try ModelFile.load(path).model.backbone.hidden == 8)
    try AtomicFile.write(file, text: start + "\"hidden_size\": NaN," + text.dropFirst())
    #expect(try ModelFile.load(path).model.backbone.hidden == 8)
    try AtomicFile.write(
      file, text: text.replacing("\"hidden_size\": 8", with: "\"hidden_size\": NaN"))
    #expect(try refusal().contains("'hidden_size' should be a whole number, found nan"))
  }

  // MARK: - Features

  @Test func featuresOfThePreprocessor() throws {
    let name = "preprocessor_config.json"
    #expect(try ModelFile.load(path).model.features == nil)
    for (key, value) in [
      ("mean", -6.5), ("std", 5.5), ("max_length", 1024), ("num_mel_bins", 36),
      ("sampling_rate", 8000),
    ] as [(String, JSONValue)] {
      try set(key, value, in: name)
    }
    var settings = FeatureSettings(
      sampleRate: 8000, melBins: 36, frames: 36, mean: -6.5, std: 5.5)
    #expect(try ModelFile.load(path).model.features == settings)
    // The length is the model's own, also where the positions are fitted.
    settings.frames = 56
    var options = ModelFile.Options()
    options.frames = 56
    #expect(try ModelFile.load(path, options).model.features == settings)
    try set("do_normalize", false, in: name)
    #expect(try ModelFile.load(path).model.features?.normalise(3.25) == 3.25)
    try set("feature_extractor_type", "ViTFeatureExtractor", in: name)
    #expect(try ModelFile.load(path).model.features == nil)
  }

  @Test(arguments: [("mean", "low"), ("std", 0), ("sampling_rate", -1)] as [(String, JSONValue)])
  func brokenPreprocessor(_ key: String, _ value: JSONValue) throws {
    try set(key, value, in: "preprocessor_config.json")
    #expect(try refusal().contains("\(path)/preprocessor_config.json"))
  }

  @Test func aPreprocessorThatIsNoJSON() throws {
    try AtomicFile.write("\(path)/preprocessor_config.json", text: "{")
    #expect(try refusal().contains("preprocessor_config.json"))
  }

  // MARK: - Heads

  @Test func aHeadInPartsIsNoHead() throws {
    try edit { $0["classifier.dense.weight"] = nil }
    for options in [ModelFile.Options(), classes(["u", "v"]), classes(["one"])] {
      #expect(try refusal(options).contains("lacks classifier.dense.weight"))
    }
  }

  @Test func twoHeadsAreOneTooMany() throws {
    try edit {
      $0["classification_head.weight"] = try Tensor([2, 8])
      $0["classification_head.bias"] = try Tensor([2])
    }
    let message = try refusal(classes(["u", "v"]))
    #expect(message.contains("has classifier.dense.bias, classifier.dense.weight"))
  }

  @Test(arguments: [[], [2], [0, 8], [2, 8, 1]])
  func aHeadOfAnotherShape(_ shape: [Int]) throws {
    try edit { $0["classifier.dense.weight"] = try Tensor(shape) }
    #expect(try refusal(classes(["u", "v"])).contains("'classifier.dense.weight'"))
  }

  @Test func classesMustBeThereAndDiffer() throws {
    #expect(try refusal(classes([])).contains("'classes'"))
    #expect(try refusal(classes(["a", "b", "a"])).contains("'a' twice"))
    #expect(try refusal(classes(["a", "a"])).contains("'a' twice"))
    try set("id2label", ["0": "x", "1": "x"])
    #expect(try refusal().contains("two classes called 'x'"))
    #expect(try ModelFile.load(path, classes(["x", "y"])).model.classes == ["x", "y"])
  }

  /// transformers would answer with its own pooling, so the folder does not claim its class.
  @Test(arguments: [Pooling.all, .cls, .clsAndDistillation])
  func transformersHeadOnOtherTokens(_ pooling: Pooling) throws {
    var options = ModelFile.Options()
    options.pooling = pooling
    let net = try ModelFile.load(path, options).model
    let saved = folder.file("saved")
    try ModelFile.save(net, to: saved)
    let isTheirs = pooling == .clsAndDistillation
    #expect(
      try JSONFile.read("\(saved)/config.json").texts("architectures")
        == [isTheirs ? "ASTForAudioClassification" : "ASTModel"])
    let names = try TensorFile.open(saved).names
    #expect(
      names.contains { $0.hasPrefix("audio_spectrogram_transformer.") } == isTheirs)
    #expect(names.contains { $0.hasPrefix("classifier.") } == isTheirs)
    let back = try ModelFile.load(saved).model
    #expect(back.pooling == pooling && back.head.style == .normalised)
    #expect(try back.logits(input) == net.logits(input))
  }

  // MARK: - Names that belong nowhere

  /// petl's own head has the name of the published code's, whose methods lie anywhere.
  @Test(arguments: [
    "encoder.layer.0.bogus.weight", "encoder.layer.77.attention.zork",
    "attached/x/encoder.layer.0.bogus.weight",
  ])
  func leftOver(_ name: String) throws {
    let file = folder.file("own.safetensors")
    try ModelFile.save(TinyModel.classifier(), to: file)
    var edited = try EditedSafetensors(file)
    edited.tensors[name] = try Tensor([3])
    try edited.write(file)
    let error = #expect(throws: ModelFileError.self) { try ModelFile.load(file) }
    #expect(error == .names(path: file, missing: [], leftOver: [name]))
  }

  @Test func attachedWithoutADescription() throws {
    try edit { $0["attached/x/w"] = try Tensor([1]) }
    #expect(try refusal().contains("attached/x/w"))
  }
}
