/// All that a model is at one moment: its description and, by key, its values and those set aside
/// for when something is switched on, off or detached.
///
/// More than a file of a model has: also what is switched off, shared and overshadowed comes back
/// as it is, so that a run goes on in it as if nothing had happened.
struct ModelState: Codable {
  /// What an attachment has beside its description.
  struct Member: Codable {
    /// Its head, as an index into `heads`; 0 is the model's own.
    var head: Int
    /// Keys of the parameters of which it has a value of its own.
    var own: [String]
  }

  var description: ModelDescription
  /// The model's own head and those that attachments brought.
  var heads: [ModelDescription.Task]
  /// In the order of the description's attachments.
  var members: [Member]
  /// Keys of the parameters whose values are on record from before anything was attached.
  var original: [String]
  var wasAdapted: Bool
  /// Keys of what the next step trains.
  var trainable: [String]

  private static let (ownFolder, originalFolder) = ("own/", "original/")

  // MARK: - Writing

  /// Takes the state of a model, its tensors into `items`.
  init(_ model: AudioClassifier, _ keys: ParameterKeys, into items: inout CheckpointItems) throws {
    description = try ModelDescription(model)
    let heads = model.allHeads
    let tasks = [model.ownTask] + model.attachments.compactMap(\.task)
    self.heads = heads.map { head in
      ModelDescription.Task(tasks.first { $0.head === head } ?? model.ownTask)
    }
    for (key, parameter) in keys.all { items.add(key, parameter.value) }
    members = model.attachments.map { attachment in
      Member(
        head: heads.firstIndex { $0 === model.task(of: attachment).head } ?? 0,
        own: Self.add(attachment.own, keys, "\(Self.ownFolder)\(attachment.name)/", &items))
    }
    original = Self.add(model.original, keys, Self.originalFolder, &items)
    wasAdapted = model.wasAdapted
    trainable = model.trainableParameters.compactMap { keys[$0] }
  }

  /// Those of parameters that the model no longer has are of no use to it.
  private static func add(
    _ values: OwnValues, _ keys: ParameterKeys, _ folder: String, _ items: inout CheckpointItems
  ) -> [String] {
    let found = values.values.values.compactMap { kept in
      keys[kept.parameter].map { ($0, kept.value) }
    }.sorted { $0.0 < $1.0 }
    for (key, value) in found { items.add(folder + key, value) }
    return found.map(\.0)
  }

  // MARK: - Reading

  /// Makes the model again.
  /// - Throws: `CheckpointError.damaged`, `ModelFileError.names`, `TensorSourceError`, and what
  ///   making a model and attaching throw.
  func model(from source: CheckpointTensors) throws -> AudioClassifier {
    let stored = StoredParameters(source, folders: Self.folders)
    try description.backbone.validate()
    stored.folder = "backbone/"
    let backbone = try description.backbone.build(from: stored)
    let tasks = try heads.enumerated().map { number, task in
      try self.task(task, number, backbone, stored)
    }
    guard let own = tasks.first, members.count == description.attachments.count else {
      throw source.damaged("what it says of heads and attachments does not fit")
    }
    let model = try AudioClassifier(
      backbone: backbone, head: own.head, classes: own.classes, pooling: own.pooling,
      seed: description.seed)
    for (method, member) in zip(description.attachments, members) {
      guard tasks.indices.contains(member.head) else {
        throw source.damaged("'\(method.name)' has head \(member.head), of \(tasks.count)")
      }
      try add(method, member, member.head == 0 ? nil : tasks[member.head], to: model, stored)
    }
    let keys = ParameterKeys(model)
    for (attachment, member) in zip(model.attachments, members) {
      attachment.own = try values(
        member.own, keys, "\(Self.ownFolder)\(attachment.name)/", stored, source)
    }
    model.original = try values(original, keys, Self.originalFolder, stored, source)
    model.ownFeatures = description.ownFeatures
    model.wasAdapted = wasAdapted
    model.freezeRules = description.freezeRules
    model.refreshTrainability()
    try stored.finish()
    guard model.trainableParameters.compactMap({ keys[$0] }) == trainable else {
      throw source.damaged("other parameters would be trained than when it was saved")
    }
    return model
  }

  /// The folders that a model's tensors are in.
  private static let folders = ["backbone/", "head/", "attached/", ownFolder, originalFolder]

  private func task(
    _ task: ModelDescription.Task, _ number: Int, _ backbone: any Backbone,
    _ stored: StoredParameters
  ) throws -> ClassificationTask {
    let (pooling, style) = try task.choices(stored.path)
    stored.folder = "head/\(number)/"
    let head = try ClassificationHead(
      style, hidden: backbone.hidden, classes: task.classes.count, normEps: backbone.headNormEps,
      from: stored)
    return ClassificationTask(head: head, classes: task.classes, pooling: pooling)
  }

  private func add(
    _ method: ModelDescription.Method, _ member: Member, _ task: ClassificationTask?,
    to model: AudioClassifier, _ stored: StoredParameters
  ) throws {
    let position = try method.position.map { text in
      guard let position = Position(text) else {
        throw ModelFileError.description(path: stored.path)
      }
      return position
    }
    stored.folder = "attached/\(method.name)/"
    let attachment = try model.make(
      method.kind, method.settings, at: position, layers: method.layers, name: method.name,
      from: stored)
    let also = Set(method.alsoTrained ?? [])
    attachment.alsoTrained = model.backbone.parameters.filter { also.contains($0.name) }
    attachment.task = task
    attachment.features = method.features
    attachment.isEnabled = method.isEnabled
    if method.isEnabled { try model.checkCombination(attachment, with: model.activeAttachments) }
    model.attachments.append(attachment)
  }

  private func values(
    _ names: [String], _ keys: ParameterKeys, _ folder: String, _ stored: StoredParameters,
    _ source: CheckpointTensors
  ) throws -> OwnValues {
    stored.folder = folder
    var values = OwnValues()
    for key in names {
      guard let parameter = keys[key] else {
        throw source.damaged("it has a value of '\(key)', which the model does not")
      }
      values.set(parameter, try stored.tensor(key, parameter.shape, .zeros))
    }
    return values
  }
}
