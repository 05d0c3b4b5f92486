import Foundation

/// Builds a model from a file of tensors, whichever program wrote it.
struct ModelReader {
  let path: String
  let source: any TensorSource
  let options: ModelFile.Options
  private static let attached = "attached/"

  func read() throws -> (model: AudioClassifier, notices: [String]) {
    var notices: [String] = []
    if let choice = (source as? TorchFile)?.choice { notices.append(choice) }
    let description = try ModelDescription.read(source)
    for name in [ConfigurationFile.name, ConfigurationFile.featuresName]
    where source.metadata[SaveMark.key] != nil {
      try SaveMark.check(ConfigurationFile.read(name, path), belongsTo: source)
    }
    let attached =
      description == nil ? [] : source.names.filter { $0.hasPrefix(Self.attached) }
    let weights = try CanonicalWeights(
      attached.isEmpty ? source : TensorsWithout(prefix: Self.attached, source: source))
    let configuration = try description == nil ? ConfigurationFile.beside(path) : nil
    let sizes = try self.sizes(description, configuration, weights)
    // Before grids are computed from them: a file may say that strides are 0.
    try sizes.validate()
    let parameters = CheckpointParameters(weights)
    let (backbone, fitted) = try sizes.read(from: parameters, options)
    notices += fitted
    let head = try self.head(
      weights, description, configuration, backbone, parameters, &notices)
    var unknown = weights.leftOver + weights.backboneNames.filter { !parameters.used.contains($0) }
    if description?.attachments.isEmpty == true { unknown += attached }
    guard parameters.missing.isEmpty, unknown.isEmpty else {
      throw ModelFileError.names(path: path, missing: parameters.missing, leftOver: unknown)
    }
    let model = try AudioClassifier(
      backbone: backbone, head: head.head, classes: head.classes, pooling: head.pooling,
      seed: options.seed)
    if let description {
      let isBare = description.attachments.isEmpty
      model.ownFeatures = description.ownFeatures ?? (isBare ? description.features : nil)
      try ModelDescription.check(description.ownThresholds, of: description.classes, path)
      if !head.isNew { model.adaptation.ownThresholds = description.ownThresholds }
    } else {
      model.ownFeatures = try features(backbone.configuration, &notices)
    }
    if !weights.outsideKeys.isEmpty {
      notices.append("left out, as it is outside the model: \(weights.outsideKeys.shownList)")
    }
    if !weights.methodNames.isEmpty {
      notices.append(
        "the file holds \(weights.methodNames.count) tensors of a method as well: attach it, then "
          + "load net, FILE")
    }
    if let description, !description.attachments.isEmpty, !head.isNew {
      notices += try AdapterSet(description, source, model, prefix: Self.attached).apply()
    } else if let description {
      if !description.attachments.isEmpty {
        let names = description.attachments.map(\.name).joined(separator: ", ")
        notices.append("what is attached in the file belongs to its own head: left out \(names)")
      }
      try model.adaptation.add(description.freezeRules)
    }
    return (model, notices)
  }

  /// The sizes: petl's own description, a `config.json`, or what the tensors' shapes say.
  private func sizes(
    _ description: ModelDescription?, _ configuration: JSONObject?, _ weights: CanonicalWeights
  ) throws -> any BackboneConfiguration {
    if let description { return description.backbone.sizes }
    guard let configuration else { return try weights.kind.sizes(of: weights) }
    let type = weights.kind.transformers.modelType
    let claimed = try configuration.text("model_type", default: type)
    guard claimed == type else {
      throw JSONFileError.type(
        path: configuration.path, key: "model_type",
        expected: "\"\(type)\", the model the tensors belong to", found: "\"\(claimed.shown)\"")
    }
    return try configuration.decoded(weights.kind)
  }

  /// The features that a `preprocessor_config.json` states, in the length the model takes.
  private func features(
    _ sizes: any BackboneConfiguration, _ notices: inout [String]
  ) throws -> FeatureSettings? {
    var settings = try ConfigurationFile.features(
      type(of: sizes).features, beside: path, &notices)
    if let frames = sizes.clipFrames { settings?.frames = frames }
    return settings
  }
}

/// A file of tensors without those whose names have a prefix.
private struct TensorsWithout: TensorSource {
  let prefix: String
  let source: any TensorSource

  var path: String { source.path }
  var names: [String] { source.names.filter { !$0.hasPrefix(prefix) } }
  var metadata: [String: String] { source.metadata }
  func shape(of name: String) -> [Int]? { source.shape(of: name) }
  func elementType(of name: String) -> ElementType? { source.elementType(of: name) }
  func tensor(_ name: String) throws -> Tensor { try source.tensor(name) }
  func integers(_ name: String) throws -> [Int64] { try source.integers(name) }
}
