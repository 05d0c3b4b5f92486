/// Files that hold what was attached to a model and trained, and nothing of the frozen
/// backbone: the attachments' parameters and batch-norm statistics, the LayerNorms and biases
/// they train, the head, and a description that rebuilds them.
///
/// A tensor's name is the attachment's name, a slash, and the parameter's name.
public enum AdapterFile {
  /// Writes all attachments of a model; the same model gives the same bytes.
  /// - Throws: `EngineError.refused` when nothing is attached, `FileError`.
  public static func save(_ model: AudioClassifier, to path: String) throws {
    guard !model.attachments.isEmpty else {
      throw EngineError.refused("nothing is attached to this model, so there is nothing to save")
    }
    let description = try ModelDescription(
      model, fingerprint: BackboneFingerprint.make(model))
    try Safetensors.write(
      items(model), metadata: ["format": "pt", ModelDescription.key: description.text()],
      to: path)
  }

  /// The tensors of all attachments.
  static func items(_ model: AudioClassifier) -> [Safetensors.Item] {
    var items: [Safetensors.Item] = []
    for attachment in model.attachments {
      for parameter in attachment.parameters + attachment.buffers {
        items.append(Safetensors.Item("\(attachment.name)/\(parameter.name)", parameter.value))
      }
      for parameter in model.sharedParameters(of: attachment) {
        items.append(
          Safetensors.Item(
            "\(attachment.name)/\(parameter.name)", model.value(of: parameter, for: attachment)))
      }
    }
    for parameter in model.trainedByRules where !model.attachments.isEmpty {
      items.append(Safetensors.Item("\(rulesPrefix)\(parameter.name)", parameter.value))
    }
    return items
  }

  /// Before the names of parameters that only `unfreeze` made trainable; no attachment can be
  /// called so.
  private static let rulesPrefix = "/"

  /// Puts the attachments of a file back on a model; on any error the model is unchanged.
  ///
  /// - Parameter name: what to call the attachment, if the file holds one.
  /// - Returns: what is worth telling, such as a head made anew.
  /// - Throws: `ModelFileError`, the errors of the format, and what `attach` throws.
  @discardableResult
  public static func load(
    _ path: String, into model: AudioClassifier, as name: String? = nil
  ) throws -> [String] {
    let source = try TensorFile.open(path)
    guard let description = try ModelDescription.read(source), !description.attachments.isEmpty
    else {
      if let published = PublishedCheckpoint(source) { return try published.load(into: model) }
      throw ModelFileError.kind(
        path: path, expected: "a set of adapters that petl saved", found: "other tensors")
    }
    guard name == nil || description.attachments.count == 1 else {
      throw EngineError.refused(
        "'\(path)' holds \(description.attachments.count) attachments, so they keep their names")
    }
    try check(description, fits: model, path)
    return try rebuild(description, from: source, prefix: "", as: name, in: model)
  }

  /// - Throws: `ModelFileError.otherBackbone` naming the first difference.
  private static func check(
    _ description: ModelDescription, fits model: AudioClassifier, _ path: String
  ) throws {
    let present = try BackboneDescription(model.backbone)
    if let difference = present.firstDifference(from: description.backbone) {
      throw ModelFileError.otherBackbone(path: path, difference: difference)
    }
    if let saved = description.fingerprint,
      let difference = BackboneFingerprint.difference(model, saved)
    {
      throw ModelFileError.otherBackbone(path: path, difference: difference)
    }
  }

  /// Attaches what the description says with the file's values.
  static func rebuild(
    _ description: ModelDescription, from source: any TensorSource, prefix: String,
    as name: String?, in model: AudioClassifier
  ) throws -> [String] {
    let (_, style) = try description.choices(source.path)
    var notices: [String] = []
    let previous = (head: model.head, classes: model.classes, rules: model.freezeRules)
    var added: [String] = []
    do {
      if description.classes != model.classes {
        let head = try ClassificationHead(
          style, hidden: model.backbone.hidden, classes: description.classes.count,
          from: RandomParameters(seed: description.seed))
        try model.replaceHead(head, classes: description.classes)
        notices.append("the head is the set's, for \(description.classes.count) classes")
      }
      for method in description.attachments {
        let values = FileParameters(source: source, prefix: "\(prefix)\(method.name)/")
        let newName = name ?? method.name
        let position = try method.position.map { text in
          guard let position = Position(text) else {
            throw ModelFileError.description(path: source.path)
          }
          return position
        }
        let attachment = try model.attach(
          method.kind, method.settings, at: position, layers: method.layers, name: newName,
          from: values)
        added.append(newName)
        for parameter in model.sharedParameters(of: attachment) {
          let saved = try values.tensor(parameter.name, parameter.shape, .zeros)
          parameter.setValues(saved)
        }
        if !method.isEnabled { try model.setEnabled(false, newName) }
      }
      for rule in description.freezeRules {
        try model.setTrainable(rule.isTrainable, matching: rule.pattern)
      }
      for name in source.names where name.hasPrefix(prefix + rulesPrefix) {
        let wanted = name.dropFirst((prefix + rulesPrefix).count)
        guard let parameter = model.backbone.parameters.first(where: { $0.name == wanted })
        else { throw ModelFileError.names(path: source.path, missing: [], leftOver: [name]) }
        parameter.setValues(try source.tensor(name, shape: parameter.shape))
      }
    } catch {
      for name in added { try? model.detach(name) }
      try? model.replaceHead(previous.head, classes: previous.classes)
      model.freezeRules = previous.rules
      model.refreshTrainability()
      throw error
    }
    if model.features == nil { model.features = description.features }
    return notices
  }
}

/// Parameters from a file, whose names there have a prefix. Each must be there.
struct FileParameters: ParameterSource {
  let source: any TensorSource
  let prefix: String

  func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
    try source.tensor(prefix + name, shape: shape)
  }
}
