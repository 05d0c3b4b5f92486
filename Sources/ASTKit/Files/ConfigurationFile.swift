import Foundation

/// The JSON files beside a model's tensors, as `transformers` writes and reads them.
enum ConfigurationFile {
  /// What `model_type` says.
  static let astType = "audio-spectrogram-transformer"
  static let waveType = "wav2vec2"
  private static let extractor = "ASTFeatureExtractor"
  private static let waveExtractor = "Wav2Vec2FeatureExtractor"
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
    values["id2label"] = .object(
      Dictionary(uniqueKeysWithValues: labels.map { ("\($0)", .text($1)) }))
    values["label2id"] = .object(
      Dictionary(labels.map { ($1, .integer($0)) }, uniquingKeysWith: { first, _ in first }))
    try JSONFile.write(values, to: path)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let features = "\(folder)/\(featuresName)"
    guard let settings = model.features else {
      // Of a model that was here before; it would be taken for this one's.
      if unlink(features) != 0, errno != ENOENT {
        throw FileError.unwritable(path: features, reason: String(cString: strerror(errno)))
      }
      return
    }
    try JSONFile.write(extractorValues(settings), to: features)
  }

  private static func extractorValues(_ settings: FeatureSettings) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "feature_size": .integer(1), "sampling_rate": .integer(settings.sampleRate),
      "padding_side": .text("right"), "padding_value": .number(0),
    ]
    switch settings.kind {
    case .logMel:
      values["feature_extractor_type"] = .text(extractor)
      values["do_normalize"] = .bool(true)
      values["mean"] = .number(settings.mean)
      values["std"] = .number(settings.std)
      values["max_length"] = .integer(settings.frames)
      values["num_mel_bins"] = .integer(settings.melBins)
      values["return_attention_mask"] = .bool(false)
    case .waveform:
      values["feature_extractor_type"] = .text(waveExtractor)
      values["do_normalize"] = .bool(settings.normalisesClips)
      values["return_attention_mask"] = .bool(settings.masksPadding)
    }
    return values
  }

  /// The `config.json` that belongs to a file or folder of tensors, if there is one.
  static func beside(_ path: String) throws -> JSONObject? { try read("config.json", path) }

  /// The features that the `preprocessor_config.json` beside the tensors states; `nil` without
  /// one, or when it is of another extractor than that of the kind. What a file leaves out is
  /// as in transformers' extractor.
  ///
  /// - Parameter notices: gets what of it petl does otherwise.
  /// - Throws: `JSONFileError`, `FileError`, `EngineError.refused` for values that make no
  ///   sense.
  static func features(
    _ kind: FeatureSettings.Kind, beside path: String, _ notices: inout [String]
  ) throws -> FeatureSettings? {
    guard let file = try read(featuresName, path) else { return nil }
    let known = kind == .logMel ? extractor : waveExtractor
    let found = try file.text("feature_extractor_type", default: known)
    guard found == known else {
      notices.append("'\(file.path)' is not used: it is of \(found.shown), expected \(known)")
      return nil
    }
    var settings = FeatureSettings()
    settings.kind = kind
    settings.sampleRate = try file.integer("sampling_rate", default: settings.sampleRate)
    let normalises = try file.bool("do_normalize", default: true)
    if !normalises { settings.leaveOutNormalisation() }
    switch kind {
    case .logMel:
      settings.melBins = try file.integer("num_mel_bins", default: settings.melBins)
      settings.frames = try file.integer("max_length", default: settings.frames)
      if normalises {
        settings.mean = try file.number("mean", default: settings.mean)
        settings.std = try file.number("std", default: settings.std)
      }
    case .waveform:
      settings.masksPadding = try file.bool("return_attention_mask", default: false)
      // AST's extractor has no use for these two.
      let value = try file.number("padding_value", default: 0)
      let side = try file.text("padding_side", default: "right")
      if value != 0 || side != "right" {
        notices.append(
          "'\(file.path)' pads clips on the \(side.shown) with \(value), petl on the right with 0")
      }
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
    let folder =
      exists && isFolder.boolValue
      ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path
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
