import Foundation

/// Builds a model from a file of tensors, whichever program wrote it.
struct ModelReader {
  let path: String
  let source: any TensorSource
  let options: ModelFile.Options
  private static let attached = "attached/"

  func read() throws -> (model: AudioClassifier, notices: [String]) {
    var notices: [String] = []
    let weights = try CanonicalWeights(
      source.names.contains { $0.hasPrefix(Self.attached) }
        ? TensorsWithout(prefix: Self.attached, source: source) : source)
    let description = try ModelDescription.read(source)
    let configuration = try description == nil ? ConfigurationFile.beside(path) : nil
    var sizes = try self.sizes(description, configuration, weights)
    // Before the grid is computed: a file may say that strides are 0.
    try sizes.validate()
    let stored = sizes.grid
    if let frames = options.frames { sizes.frames = frames }
    try sizes.validate()

    let parameters = CheckpointParameters(
      weights, from: PositionGrid(stored), to: sizes.positionGrid,
      options.published ? .published : .fit)
    let backbone = try ASTModel(sizes, from: parameters)
    if PositionGrid(stored) != PositionGrid(sizes.grid) {
      notices.append(
        options.published
          ? "the position embeddings are zero, as in the published code"
          : "the position embeddings are fitted from \(stored.time) to \(sizes.grid.time) steps")
    }
    let head = try self.head(
      weights, description, configuration, sizes, parameters, &notices)
    let unknown = weights.leftOver + weights.backboneNames.filter { !parameters.used.contains($0) }
    guard parameters.missing.isEmpty, unknown.isEmpty else {
      throw ModelFileError.names(path: path, missing: parameters.missing, leftOver: unknown)
    }
    let model = try AudioClassifier(
      backbone: backbone, head: head.head, classes: head.classes, pooling: head.pooling,
      seed: options.seed)
    model.features = description?.features
    if !weights.methodNames.isEmpty {
      notices.append(
        "the file holds \(weights.methodNames.count) tensors of a method as well: attach it, then "
          + "load net, FILE")
    }
    if let description, !description.attachments.isEmpty, !head.isNew {
      notices += try AdapterSet(description, source, in: model, prefix: Self.attached).apply()
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
  ) throws -> ASTConfiguration {
    if let description {
      switch description.backbone {
      case .ast(let sizes): return sizes
      }
    }
    if let configuration {
      let text = try JSONFile.text(configuration.values)
      return try JSONDecoder().decode(ASTConfiguration.self, from: Data(text.utf8))
    }
    return try ASTConfiguration(sizesOf: weights)
  }

  private typealias Head = (
    head: ClassificationHead, classes: [String], pooling: Pooling, isNew: Bool
  )

  /// The file's head, or a new one when other classes are asked for.
  private func head(
    _ weights: CanonicalWeights, _ description: ModelDescription?, _ configuration: JSONObject?,
    _ sizes: ASTConfiguration, _ parameters: CheckpointParameters, _ notices: inout [String]
  ) throws -> Head {
    let isLinear = weights.headNames.contains("classification_head.weight")
    let name = isLinear ? "classification_head.weight" : "classifier.dense.weight"
    let stored = weights.shape(of: name)?.first
    let known = try description?.classes ?? configuration.flatMap(Self.labels)
    let wanted = options.classes
    let fits = wanted == nil || (wanted?.count == stored && (known == nil || known == wanted))
    if let stored, fits {
      let pooling = try options.pooling ?? description?.choices(path).0
        ?? (isLinear ? .all : .clsAndDistillation)
      let head = try ClassificationHead(
        isLinear ? .linear : .normalised, hidden: sizes.hidden, classes: stored,
        normEps: sizes.layerNormEps, from: parameters)
      let classes = wanted ?? known.flatMap { $0.count == stored ? $0 : nil }
      return (head, classes ?? (0..<stored).map { "\($0)" }, pooling, false)
    }
    guard let wanted else {
      throw EngineError.setting(
        name: "classes", expected: "a list of class names (the file has no head)",
        found: "nothing")
    }
    let pooling = options.pooling ?? .all
    let head = try ClassificationHead(
      pooling == .clsAndDistillation ? .normalised : .linear, hidden: sizes.hidden,
      classes: wanted.count, normEps: sizes.layerNormEps,
      from: RandomParameters(seed: options.seed))
    let old = stored.map { " in place of the file's for \($0)" } ?? ""
    notices.append("the head is new, for \(wanted.count) classes\(old)")
    return (head, wanted, pooling, true)
  }

  /// Class names of a `config.json`; `nil` for transformers' place holders.
  private static func labels(_ configuration: JSONObject) throws -> [String]? {
    guard configuration.has("id2label") else { return nil }
    let table = try configuration.object("id2label")
    let labels = try (0..<table.values.count).map { try table.text("\($0)") }
    return labels.allSatisfy { $0.hasPrefix("LABEL_") } ? nil : labels
  }
}

/// Parameters of a checkpoint, position embeddings fitted; notes what is used and missing.
private final class CheckpointParameters: ParameterSource {
  private let weights: CanonicalWeights
  private let stored: PositionGrid, wanted: PositionGrid
  private let fitting: PositionFitting
  private(set) var used: Set<String> = []
  private(set) var missing: [String] = []

  init(
    _ weights: CanonicalWeights, from stored: PositionGrid, to wanted: PositionGrid,
    _ fitting: PositionFitting
  ) {
    self.weights = weights
    self.stored = stored
    self.wanted = wanted
    self.fitting = fitting
  }

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    guard weights.shape(of: name) != nil else {
      missing.append(name)
      return .absent(shape)
    }
    used.insert(name)
    if name == "embeddings.position_embeddings", stored != wanted {
      let rows = try weights.tensor(name, shape: [1, stored.rows(), shape[2]])
      return try fitting.embeddings(rows, from: stored, to: wanted)
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

extension PositionGrid {
  fileprivate init(_ grid: (frequency: Int, time: Int)) {
    self.init(frequency: grid.frequency, time: grid.time)
  }
}
