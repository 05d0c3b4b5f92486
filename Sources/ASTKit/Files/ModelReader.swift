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
    let parameters: CheckpointParameters
    let backbone: any Backbone
    switch sizes {
    case .ast(let stored):
      var wanted = stored
      if let frames = options.frames { wanted.frames = frames }
      try wanted.validate()
      parameters = CheckpointParameters(
        weights, from: stored.positionGrid, to: wanted.positionGrid,
        options.published ? .published : .fit)
      backbone = try ASTModel(wanted, from: parameters)
      if stored.positionGrid != wanted.positionGrid {
        notices.append(
          options.published
            ? "the position embeddings are zero, as in the published code"
            : "the position embeddings are fitted from \(stored.grid.time) to "
              + "\(wanted.grid.time) steps")
      }
    case .wav2vec2(let stored):
      guard options.frames == nil else {
        throw EngineError.setting(
          name: "frames", expected: "left out: wav2vec 2.0 takes any length", found: "a number")
      }
      parameters = CheckpointParameters(weights)
      backbone = try Wav2Vec2Model(stored, from: parameters)
    }
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
    } else {
      model.ownFeatures = try features(sizes, &notices)
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
      model.freezeRules = description.freezeRules
      model.refreshTrainability()
    }
    return (model, notices)
  }

  /// The sizes: petl's own description, a `config.json`, or what the tensors' shapes say.
  private func sizes(
    _ description: ModelDescription?, _ configuration: JSONObject?, _ weights: CanonicalWeights
  ) throws -> BackboneDescription {
    if let description { return description.backbone }
    let isSpeech = weights.layout == .wav2vec2 || weights.layout == .publishedWav2vec2
    guard let configuration else {
      if isSpeech { throw ModelFileError.noConfiguration(path: path) }
      return .ast(try ASTConfiguration(sizesOf: weights))
    }
    let type = isSpeech ? ConfigurationFile.waveType : ConfigurationFile.astType
    let claimed = try configuration.text("model_type", default: type)
    guard claimed == type else {
      throw JSONFileError.type(
        path: configuration.path, key: "model_type",
        expected: "\"\(type)\", the model the tensors belong to", found: "\"\(claimed.shown)\"")
    }
    return isSpeech
      ? .wav2vec2(try configuration.decoded(Wav2Vec2Configuration.self))
      : .ast(try configuration.decoded(ASTConfiguration.self))
  }

  /// The features that a `preprocessor_config.json` states, in the length the model takes.
  private func features(
    _ sizes: BackboneDescription, _ notices: inout [String]
  ) throws -> FeatureSettings? {
    switch sizes {
    case .ast(let stored):
      var settings = try ConfigurationFile.features(.logMel, beside: path, &notices)
      settings?.frames = options.frames ?? stored.frames
      return settings
    case .wav2vec2:
      return try ConfigurationFile.features(.waveform, beside: path, &notices)
    }
  }
}

/// Parameters of a checkpoint, position embeddings fitted; notes what is used and missing.
final class CheckpointParameters: ParameterSource {
  private let weights: CanonicalWeights
  /// How position embeddings are fitted, where the backbone has any.
  private let positions: (stored: PositionGrid, wanted: PositionGrid, fitting: PositionFitting)?
  private(set) var used: Set<String> = []
  private(set) var missing: [String] = []

  init(
    _ weights: CanonicalWeights, from stored: PositionGrid, to wanted: PositionGrid,
    _ fitting: PositionFitting
  ) {
    self.weights = weights
    positions = (stored, wanted, fitting)
  }

  init(_ weights: CanonicalWeights) {
    self.weights = weights
    positions = nil
  }

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    guard weights.shape(of: name) != nil else {
      missing.append(name)
      return try .absent(shape)
    }
    used.insert(name)
    if name == "embeddings.position_embeddings", let positions,
      positions.stored != positions.wanted
    {
      let rows = try weights.tensor(name, shape: [1, positions.stored.rows(), shape[2]])
      return try positions.fitting.embeddings(
        rows, from: positions.stored, to: positions.wanted)
    }
    return try weights.tensor(name, shape: shape)
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
