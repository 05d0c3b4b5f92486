/// The attachments of a file, read and checked in full for one model before any of them is
/// put on it.
struct AdapterSet {
  private let model: AudioClassifier
  private let description: ModelDescription
  /// The model's head, or the one the set needs in its place.
  private let head: ClassificationHead
  private let pooling: Pooling
  private var planned: [(attachment: Attachment, isEnabled: Bool, values: OwnValues)] = []
  /// Values of backbone parameters that only a user's rule made trainable.
  private var ruled: [(parameter: Parameter, value: Tensor)] = []

  /// Reads the set of an adapter file.
  /// - Throws: `ModelFileError`, the errors of the format, and what `attach` throws.
  init(
    _ description: ModelDescription, _ source: any TensorSource, _ model: AudioClassifier,
    as name: String?
  ) throws {
    let (pooling, style) = try description.choices(source.path)
    var head = model.head
    if description.classes != model.classes || style != head.style || pooling != model.pooling {
      guard model.attachments.isEmpty else {
        throw EngineError.refused(
          "'\(source.path)' has a head of its own, for \(description.classes.count) classes and "
            + "pooling \(pooling.rawValue); detach what shares the model's head first: "
            + model.attachments.map(\.name).joined(separator: ", "))
      }
      guard !pooling.needsPrompts else {
        throw ModelFileError.description(path: source.path)
      }
    }
    if description.classes != model.classes || style != head.style {
      head = try ClassificationHead(
        style, hidden: model.backbone.hidden, classes: description.classes.count,
        normEps: model.backbone.headNormEps, from: RandomParameters(seed: description.seed))
    }
    try self.init(
      description, StoredParameters(source, prefix: ""), model, head, pooling, as: name)
  }

  /// Reads what is attached to a whole model, under names that begin with `prefix`.
  /// - Throws: as above.
  init(
    _ description: ModelDescription, _ source: any TensorSource, in model: AudioClassifier,
    prefix: String
  ) throws {
    try self.init(
      description, StoredParameters(source, prefix: prefix), model, model.head, model.pooling,
      as: nil)
  }

  private init(
    _ description: ModelDescription, _ stored: StoredParameters, _ model: AudioClassifier,
    _ head: ClassificationHead, _ pooling: Pooling, as name: String?
  ) throws {
    self.model = model
    self.description = description
    self.head = head
    self.pooling = pooling
    var active = model.activeAttachments
    for method in description.attachments {
      let position = try method.position.map { text in
        guard let position = Position(text) else {
          throw ModelFileError.description(path: stored.path)
        }
        return position
      }
      stored.folder = "\(method.name)/"
      let attachment = try model.make(
        method.kind, method.settings, at: position, layers: method.layers,
        name: name ?? method.name, besides: planned.map(\.attachment.name), from: stored)
      var values = OwnValues()
      for parameter in attachment.unfrozen + head.parameters {
        values.set(parameter, try stored.tensor(parameter.name, parameter.shape, .zeros))
      }
      if method.isEnabled {
        try model.checkCombination(attachment, with: active)
        active.append(attachment)
      }
      planned.append((attachment, method.isEnabled, values))
    }
    stored.folder = AdapterFile.rulesPrefix
    for parameter in model.backbone.parameters where stored.has(parameter.name) {
      ruled.append((parameter, try stored.tensor(parameter.name, parameter.shape, .zeros)))
    }
    try stored.finish()
  }

  /// Puts the set on the model. Nothing can fail any more.
  /// - Returns: what is worth telling, such as a head made anew.
  func apply() -> [String] {
    var notices: [String] = []
    if head !== model.head {
      model.head = head
      model.classes = description.classes
      notices.append("the head is the set's, for \(description.classes.count) classes")
    }
    if pooling != model.pooling {
      model.pooling = pooling
      notices.append("the head looks at the tokens the set was trained with: \(pooling.rawValue)")
    }
    for (attachment, isEnabled, values) in planned {
      model.add(attachment, isEnabled: isEnabled, values: values)
    }
    for rule in description.freezeRules {
      model.freezeRules.removeAll { $0.pattern == rule.pattern }
      model.freezeRules.append(rule)
    }
    model.original.keepMissing(ruled.map(\.parameter))
    for (parameter, value) in ruled { parameter.setValues(value) }
    model.refreshTrainability()
    model.keepOriginals()
    if model.features == nil { model.features = description.features }
    return notices
  }
}

/// Parameters from a file, whose names there begin with a prefix and a folder. Notes what is
/// used and what is missing, so that all of it can be told at once.
private final class StoredParameters: ParameterSource {
  private let source: any TensorSource
  private let prefix: String
  /// Of the parameters asked for next.
  var folder = ""
  private var used: Set<String> = []
  private var missing: [String] = []

  init(_ source: any TensorSource, prefix: String) {
    self.source = source
    self.prefix = prefix
  }

  var path: String { source.path }

  func has(_ name: String) -> Bool { source.shape(of: prefix + folder + name) != nil }

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    let full = prefix + folder + name
    guard has(name) else {
      missing.append(full)
      // A description can claim more than memory holds.
      if missing.count > 1000 { try finish() }
      return .absent(shape)
    }
    used.insert(full)
    return try source.tensor(full, shape: shape)
  }

  /// - Throws: `ModelFileError.names` listing what is missing and what is left over.
  func finish() throws {
    let leftOver = source.names.filter { $0.hasPrefix(prefix) && !used.contains($0) }
    guard missing.isEmpty, leftOver.isEmpty else {
      throw ModelFileError.names(path: path, missing: missing, leftOver: leftOver)
    }
  }
}

extension Tensor {
  /// Stands for a tensor that a file should hold and does not, until that can be told. It has
  /// a shape and no memory for it: nobody may read or write its elements.
  static func absent(_ shape: [Int]) -> Tensor {
    let owner = Storage(bytes: 64)
    return Tensor(borrowing: owner.base, shape: shape, owner: owner)
  }
}
