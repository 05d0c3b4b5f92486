/// Files that hold what was attached to a model and trained, and nothing of the frozen
/// backbone: the attachments' parameters and batch-norm statistics, the LayerNorms and biases
/// they train, the head, and a description that rebuilds them.
///
/// A tensor's name is the attachment's name, a slash, and the parameter's name.
public enum AdapterFile {
  /// Writes all attachments of a model; the same model gives the same bytes.
  /// - Throws: `EngineError.refused` when nothing is attached, or for the ending of a format
  ///   that petl does not write; `FileError`.
  public static func save(_ model: AudioClassifier, to path: String) throws {
    guard !model.attachments.isEmpty else {
      throw EngineError.refused("nothing is attached to this model, so there is nothing to save")
    }
    try FileEnding.check(path, "a set of adapters as NAME.safetensors")
    // None of a backbone whose file has changed before it was ever used: which one it was can
    // no longer be told, and what is attached is worth keeping all the same.
    let description = try ModelDescription(
      model, fingerprint: try? BackboneFingerprint.make(model))
    try Safetensors.write(
      items(model), metadata: ["format": "pt", ModelDescription.key: description.text()],
      to: path)
  }

  /// The tensors of all attachments.
  static func items(_ model: AudioClassifier) -> [Safetensors.Item] {
    var items: [Safetensors.Item] = []
    let adaptation = model.adaptation
    for (index, member) in adaptation.members.enumerated() {
      for parameter in member.attachment.parameters + member.attachment.buffers {
        items.append(Safetensors.Item("\(member.name)/\(parameter.name)", parameter.value))
      }
      for parameter in adaptation.shared(by: member) {
        items.append(
          Safetensors.Item(
            "\(member.name)/\(parameter.name)", adaptation.value(of: parameter, for: index)))
      }
    }
    for parameter in adaptation.trainedByRules {
      items.append(Safetensors.Item("\(rulesPrefix)\(parameter.name)", parameter.value))
    }
    return items
  }

  /// Before the names of parameters that only `unfreeze` made trainable; no attachment can be
  /// called so.
  static let rulesPrefix = "/"

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
    if let refusal = Checkpoint.refusal(source, expected: "a set of adapters") { throw refusal }
    guard let description = try ModelDescription.read(source), !description.attachments.isEmpty
    else {
      if let published = PublishedCheckpoint(source) { return try published.load(into: model) }
      throw refusal(of: source, path)
    }
    guard !ModelFile.holdsModel(source) else {
      throw ModelFileError.kind(
        path: path, expected: "a set of adapters", found: "a whole model")
    }
    guard name == nil || description.attachments.count == 1 else {
      throw EngineError.refused(
        "'\(path)' holds \(description.attachments.count) attachments, so they keep their names")
    }
    try check(description, fits: model, path)
    return try AdapterSet(description, source, model, as: name).apply()
  }

  /// What to say of tensors that are no set of adapters.
  private static func refusal(of source: any TensorSource, _ path: String) -> any Error {
    do {
      _ = try CanonicalWeights(source)
      return ModelFileError.kind(
        path: path, expected: "a set of adapters that petl saved", found: "a whole model")
    } catch let error as WeightNamesError {
      switch error {
      case .adapter(_, _, isAlone: true): return PEFTError.unconfigured(path: path)
      case .adapter(_, _, isAlone: false): return error
      default: break
      }
    } catch {}
    return ModelFileError.kind(
      path: path, expected: "a set of adapters that petl saved", found: "other tensors")
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
      let difference = try BackboneFingerprint.difference(model, saved)
    {
      throw ModelFileError.otherBackbone(path: path, difference: difference)
    }
  }
}
