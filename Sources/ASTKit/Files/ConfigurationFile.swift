import Foundation

/// The JSON files beside a model's tensors, as `transformers` writes and reads them.
enum ConfigurationFile {
  private static let extractor = "ASTFeatureExtractor"
  private static let waveExtractor = "Wav2Vec2FeatureExtractor"
  static let name = "config.json"
  static let featuresName = "preprocessor_config.json"

  /// What `config.json` says of a model saved at `path`.
  static func contents(_ model: AudioClassifier, path: String) throws -> JSONMembers {
    let names = model.kind.transformers
    let architecture = model.isTransformersClassifier ? names.classifier : names.model
    let sizes = try BackboneDescription(model.backbone).sizes
    var values = try JSONFile.parse(Array(JSONEncoder().encode(sizes)), path: path).values
    let labels = model.ownTask.classes.enumerated()
    values["architectures"] = .array([.text(architecture)])
    values["model_type"] = .text(names.modelType)
    values["hidden_act"] = .text("gelu")
    values["hidden_dropout_prob"] = .number(0)
    values["attention_probs_dropout_prob"] = .number(0)
    values["torch_dtype"] = .text("float32")
    values["id2label"] = .object(JSONMembers(labels.map { ("\($0)", .text($1)) }))
    values["label2id"] = .object(JSONMembers(labels.map { ($1, .integer($0)) }))
    return values
  }

  /// What `preprocessor_config.json` says; `nil` when the features are not known.
  static func featureContents(_ model: AudioClassifier) -> JSONMembers? {
    guard let settings = model.features else { return nil }
    var values: JSONMembers = [
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
  static func beside(_ path: String) throws -> JSONObject? { try read(name, path) }

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
  static func read(_ name: String, _ path: String) throws -> JSONObject? {
    let isFolder = Disk.status(path)?.isFolder ?? false
    let folder = isFolder ? path : PathBytes.parent(of: path)
    let file = "\(folder)/\(name)"
    return Disk.status(file) == nil ? nil : try JSONFile.read(file)
  }
}

extension AudioClassifier {
  /// The backbone's kind.
  var kind: any BackboneConfiguration.Type { type(of: backbone.configuration) }

  /// Whether transformers' classifier gives the same logits: it has one head and one pooling.
  var isTransformersClassifier: Bool {
    kind.hasTransformersHead && ownTask.head.style == .normalised
      && ownTask.pooling == .clsAndDistillation
  }
}
