/// A checkpoint that the published code saved (`bestmodel_fold0`): backbone, head, and the
/// tensors of a method under the names they have there. Settings that leave no trace in the
/// tensors (alpha, residual, position) are not in it, so the method is attached first.
struct PublishedCheckpoint {
  private let weights: CanonicalWeights

  /// `nil` when the file is something else, or holds no method.
  init?(_ source: any TensorSource) {
    guard let weights = try? CanonicalWeights(source), !weights.methodNames.isEmpty else {
      return nil
    }
    self.weights = weights
  }

  /// Fills what is attached to a model with the checkpoint's values; on any error the model
  /// is unchanged.
  /// - Returns: what is worth telling.
  /// - Throws: `ModelFileError.names` listing tensors that are missing or left over,
  ///   `.otherBackbone` for a model that is not the one the method was trained on,
  ///   `TensorSourceError.shape` naming the first that does not fit.
  func load(into model: AudioClassifier) throws -> [String] {
    let attachments = model.activeAttachments
    guard !attachments.isEmpty else {
      throw EngineError.refused(
        "'\(weights.path)' holds \(weights.methodNames.count) tensors of a method; attach that "
          + "method first, with the settings it was trained with")
    }
    var used: Set<String> = []
    var missing: [String] = []
    var values: [(Parameter, Tensor)] = []
    let wanted =
      attachments.flatMap { $0.parameters + $0.buffers } + attachments.flatMap(\.unfrozen)
      + model.head.parameters
    for parameter in wanted {
      guard let name = Self.names(parameter.name).first(where: { weights.shape(of: $0) != nil })
      else {
        missing.append(parameter.name)
        continue
      }
      used.insert(name)
      values.append((parameter, try weights.tensor(name, shape: parameter.shape)))
    }
    let leftOver = weights.methodNames.filter { !used.contains($0) }
    let trained = Set(wanted.map(ObjectIdentifier.init))
    let frozen = model.backbone.parameters.filter { !trained.contains(ObjectIdentifier($0)) }
    missing += weights.missing(frozen.map(\.name))
    guard missing.isEmpty, leftOver.isEmpty else {
      throw ModelFileError.names(path: weights.path, missing: missing, leftOver: leftOver)
    }
    try check(frozen, of: model)
    try model.undoing { for (parameter, value) in values { try parameter.setValues(value) } }
    return ["\(values.count) tensors of the published checkpoint taken over"]
  }

  /// What was trained is of use only on the backbone it was trained on, which the file holds.
  /// - Throws: `ModelFileError.otherBackbone` naming the first tensor that differs.
  private func check(_ frozen: [Parameter], of model: AudioClassifier) throws {
    for parameter in frozen {
      let name = parameter.name
      if weights.shape(of: name) != parameter.shape {
        throw ModelFileError.otherBackbone(
          path: weights.path,
          difference: "'\(name)' has shape \(weights.shape(of: name) ?? []) there and "
            + "\(parameter.shape) here")
      }
      if try !weights.tensor(name).hasSameBytes(as: model.baseValue(of: parameter)) {
        throw ModelFileError.otherBackbone(
          path: weights.path, difference: "'\(name)' has other values")
      }
    }
  }

  /// The names a parameter may have there: where a class has one adapter, mixture or router
  /// only, its name does not say at which sub-layer.
  private static func names(_ name: String) -> [String] {
    var names = [name]
    for (mine, theirs) in [
      (".adapter_module_MHSA.", ".adapter_module."), (".adapter_module_FFN.", ".adapter_module."),
      (".moa_mhsa.", ".moa."), (".moa_ffn.", ".moa."),
      (".router_mhsa.", ".router."), (".router_ffn.", ".router."),
      ("_q.weight", "_Q.weight"), ("_k.weight", "_K.weight"), ("_v.weight", "_V.weight"),
      ("_o.weight", "_O.weight"),
    ] where name.contains(mine) {
      names.append(name.replacing(mine, with: theirs))
    }
    return names
  }
}
