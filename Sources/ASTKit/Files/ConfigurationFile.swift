import Foundation

/// The JSON files beside a model's tensors, as `transformers` writes and reads them.
enum ConfigurationFile {
  /// What `model_type` says.
  static let astType = "audio-spectrogram-transformer"
  static let waveType = "wav2vec2"
  private static let extractor = "ASTFeatureExtractor"
  private static let featuresName = "preprocessor_config.json"

  /// Makes the folder a model is written to, if it is not there.
  /// - Throws: `FileError.unwritable`
  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(path: path, reason: "the folder cannot be made")
    }
  }

  /// Writes `config.json`, and `preprocessor_config.json` when the features are known.
  /// - Throws: `FileError`
  static func write(_ model: AudioClassifier, to path: String) throws {
    let isClassifier = model.isTransformersClassifier
    let sizes: any Encodable
    let architecture: String, type: String
    switch try BackboneDescription(model.backbone) {
    case .ast(let configuration):
      sizes = configuration
      architecture = isClassifier ? "ASTForAudioClassification" : "ASTModel"
      type = astType
    case .wav2vec2(let configuration):
      sizes = configuration
      (architecture, type) = ("Wav2Vec2Model", waveType)
    }
    var values = try JSONFile.parse(Array(JSONEncoder().encode(sizes)), path: path).values
    let labels = model.ownTask.classes.enumerated()
    values["architectures"] = .array([.text(architecture)])
    values["model_type"] = .text(type)
    values["hidden_act"] = .text("gelu")
    values["hidden_dropout_prob"] = .number(0)
    values["attention_probs_dropout_prob"] = .number(0)
    values["torch_dtype"] = .text("float32")
    values["id2label"] = .object(JSONMembers(labels.map { ("\($0)", .text($1)) }))
    values["label2id"] = .object(JSONMembers(labels.map { ($1, .integer($0)) }))
    try JSONFile.write(values, to: path)
    let folder = PathBytes.parent(of: path)
    let features = "\(folder)/\(featuresName)"
    guard let settings = model.features, settings.kind == .logMel else {
      // Of a model that was here before; it would be taken for this one's.
      if unlink(features) != 0, errno != ENOENT {
        throw FileError.unwritable(path: features, reason: String(cString: strerror(errno)))
      }
      return
    }
    try JSONFile.write(
      [
        "feature_extractor_type": .text(extractor), "do_normalize": .bool(true),
        "feature_size": .integer(1), "max_length": .integer(settings.frames),
        "mean": .number(settings.mean), "std": .number(settings.std),
        "num_mel_bins": .integer(settings.melBins), "padding_side": .text("right"),
        "padding_value": .number(0), "return_attention_mask": .bool(false),
        "sampling_rate": .integer(settings.sampleRate),
      ], to: features)
  }

  /// The `config.json` that belongs to a file or folder of tensors, if there is one.
  static func beside(_ path: String) throws -> JSONObject? { try read("config.json", path) }

  /// The features that the `preprocessor_config.json` beside the tensors states; `nil`
  /// without one, or when it is of another extractor than AST's.
  /// - Throws: `JSONFileError`, `FileError`, `EngineError.refused` for values that make no
  ///   sense.
  static func features(beside path: String) throws -> FeatureSettings? {
    guard let file = try read(featuresName, path),
      try file.text("feature_extractor_type", default: extractor) == extractor
    else { return nil }
    var settings = FeatureSettings()
    settings.sampleRate = try file.integer("sampling_rate", default: settings.sampleRate)
    settings.melBins = try file.integer("num_mel_bins", default: settings.melBins)
    settings.frames = try file.integer("max_length", default: settings.frames)
    settings.mean = try file.number("mean", default: settings.mean)
    settings.std = try file.number("std", default: settings.std)
    // Then the log-mel values stay as they are, as they do with this mean and deviation.
    if try !file.bool("do_normalize", default: true) {
      (settings.mean, settings.std) = (0, 0.5)
    }
    do {
      try settings.validate()
    } catch {
      throw EngineError.refused("'\(file.path)': \(error.message)")
    }
    return settings
  }

  /// A JSON file in the folder of a file of tensors, or in the folder itself.
  private static func read(_ name: String, _ path: String) throws -> JSONObject? {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let folder = exists && isFolder.boolValue ? path : PathBytes.parent(of: path)
    let file = "\(folder)/\(name)"
    return FileManager.default.fileExists(atPath: file) ? try JSONFile.read(file) : nil
  }
}

extension AudioClassifier {
  /// Whether `ASTForAudioClassification` of transformers gives the same logits: it has one
  /// head and one pooling.
  var isTransformersClassifier: Bool {
    backbone is ASTModel && ownTask.head.style == .normalised
      && ownTask.pooling == .clsAndDistillation
  }
}
