/// All that a model is at one moment: its backbone, and what is attached with every value that is
/// in force or kept.
///
/// More than a file of a model has: also what is switched off, shared and overshadowed comes back
/// as it is, so that a run goes on in it as if nothing had happened.
struct ModelState: Codable {
  var backbone: BackboneDescription
  /// The seed the first values were drawn from.
  var seed: Int
  /// The file it was read from.
  var origin: ModelOrigin?
  var layout: Adaptation.Layout
  /// Keys of what the next step trains.
  var trainable: [String]

  /// What the keys of a model's tensors begin with.
  private static let folders = ["backbone/", "head/", "attached/", "own/", "original/"]

  /// Takes the state of a model, its tensors into `items`.
  init(_ model: AudioClassifier, _ keys: ParameterKeys, into items: inout CheckpointItems) throws {
    backbone = try BackboneDescription(model.backbone)
    seed = model.seed
    origin = model.origin
    let state = model.adaptation.state
    layout = state.layout
    // What is in a file is saved.
    layout.unsaved = .none
    for (key, tensor) in state.tensors { items.add(key, tensor) }
    trainable = model.trainableParameters.compactMap { keys[$0] }
  }

  /// Makes the model again.
  /// - Throws: `CheckpointError.damaged`, `ModelFileError`, `TensorSourceError`, and what making a
  ///   model and attaching throw.
  func model(from source: CheckpointTensors) throws -> AudioClassifier {
    let stored = StoredParameters(source, folders: ["backbone/", "head/0/"])
    try backbone.sizes.validate()
    stored.folder = "backbone/"
    let backbone = try backbone.sizes.build(from: stored)
    guard let task = layout.heads.first else { throw source.damaged("it has no head") }
    let (pooling, style) = try task.choices(source.path)
    stored.folder = "head/0/"
    let head = try ClassificationHead(
      style, hidden: backbone.hidden, classes: task.classes.count, normEps: backbone.headNormEps,
      from: stored)
    try stored.finish()
    let model = try AudioClassifier(
      backbone: backbone, head: head, classes: task.classes, pooling: pooling, seed: seed)
    model.origin = origin
    let names = source.names.filter { name in Self.folders.contains { name.hasPrefix($0) } }
    do {
      try model.restore(
        Adaptation.State(layout: layout, tensors: names.map { ($0, try source.tensor($0)) }))
    } catch EngineError.refused(let reason) {
      throw source.damaged(reason)
    }
    let keys = ParameterKeys(model)
    guard model.trainableParameters.compactMap({ keys[$0] }) == trainable else {
      throw source.damaged("other parameters would be trained than when it was saved")
    }
    return model
  }
}
