/// All of a run that is neither its model's nor its data's, at one moment between two steps. Its
/// long lists and its tensors are beside it in a checkpoint, see `TrainingHistory` and `Copy`.
///
/// No state of a random source is among it: what a step draws is a function of the seed and the
/// step's number, and the order of an epoch one of the seed and the epoch.
struct TrainingState: Codable {
  var settings: TrainingSettings
  /// The peak rate, which may have been changed since.
  var learningRate: Double
  var step: Int
  var validationIsDue: Bool
  var bestEpoch: Int?
  /// Validations in a row that were no better than the best.
  var waited: Int
  /// By key, how many updates the averages of the optimiser have had.
  var updates: [String: Int]
  var best: Best?
  /// The weights of the last good step, by the keys of what they are values of.
  var lastGood: [String]?

  /// The best validation so far.
  struct Best: Codable {
    /// What its weights are values of, if they are kept.
    var keys: [String]?
    var accuracy: Double, loss: Double
    var thresholds: [Double]?
    /// Names of what was enabled.
    var attachments: [String]
  }

  private enum Folder {
    static let first = "first/", second = "second/", best = "best/", lastGood = "good/"
    static let all = [first, second, best, lastGood]
  }

  // MARK: - Writing

  /// Takes the state of a run, its tensors into `items`.
  init(_ trainer: Trainer, _ keys: ParameterKeys, into items: inout CheckpointItems) {
    settings = trainer.settings
    learningRate = trainer.learningRate
    step = trainer.step
    validationIsDue = trainer.validationIsDue
    updates = [:]
    // The averages of what is no longer attached can never be used again.
    for (key, parameter) in keys.all {
      guard let moments = trainer.optimiser.moments[ObjectIdentifier(parameter)] else { continue }
      updates[key] = moments.updates
      items.add(Folder.first + key, moments.first)
      items.add(Folder.second + key, moments.second)
    }
    lastGood = trainer.lastGood.flatMap { Self.add($0, keys, Folder.lastGood, &items) }
    waited = trainer.waited
    if let known = trainer.best {
      let names = known.snapshot.flatMap { Self.add($0, keys, Folder.best, &items) }
      if (names != nil) == (known.snapshot != nil) {
        best = Best(
          keys: names, accuracy: known.accuracy, loss: known.loss, thresholds: known.thresholds,
          attachments: known.attachments.map(\.name))
        bestEpoch = trainer.history.bestEpoch
      } else {
        waited = 0
      }
    }
    trainer.history.add(to: &items)
  }

  /// The keys of a copy, in its order; `nil` for one with values of what is no longer attached,
  /// which the next step drops.
  private static func add(
    _ snapshot: Snapshot, _ keys: ParameterKeys, _ folder: String, _ items: inout CheckpointItems
  ) -> [String]? {
    let names = snapshot.values.compactMap { keys[$0.parameter] }
    guard names.count == snapshot.values.count else { return nil }
    for (name, value) in zip(names, snapshot.values) { items.add(folder + name, value.copy) }
    return names
  }

  // MARK: - Reading

  /// Makes the run again.
  /// - Throws: `CheckpointError.damaged`, `ModelFileError.names`, `TensorSourceError`, and what
  ///   `Trainer` throws for settings, clips and memory.
  func trainer(
    _ model: AudioClassifier, train: DatasetView, valid: DatasetView?,
    from source: CheckpointTensors
  ) throws -> Trainer {
    let trainer = try Trainer(unchecked: model, train: train, valid: valid, settings)
    let keys = ParameterKeys(model)
    let stored = StoredParameters(source, folders: Folder.all)
    var peak = settings
    peak.learningRate = learningRate
    try peak.validate()
    trainer.learningRate = learningRate
    guard (0...trainer.totalSteps).contains(step) else {
      throw source.damaged("it is at step \(step) of \(trainer.totalSteps)")
    }
    trainer.step = step
    trainer.validationIsDue = validationIsDue
    guard (0...step).contains(waited) else {
      throw source.damaged("it has waited for \(waited) epochs")
    }
    guard bestEpoch.map((1...max(1, trainer.epoch)).contains) ?? true else {
      throw source.damaged("its best epoch is one to come")
    }
    trainer.waited = waited
    trainer.history = try TrainingHistory(source, steps: step)
    trainer.history.bestEpoch = bestEpoch
    for (key, updates) in updates {
      let parameter = try Self.parameter(key, keys, source)
      guard updates > 0, updates <= step else {
        throw source.damaged("'\(key)' had \(updates) updates in \(step) steps")
      }
      trainer.optimiser.moments[ObjectIdentifier(parameter)] = AdamW.Moments(
        parameter: parameter, first: try Self.copy(parameter, key, Folder.first, stored),
        second: try Self.copy(parameter, key, Folder.second, stored), updates: updates)
    }
    trainer.lastGood = try lastGood.map {
      try Self.snapshot($0, keys, Folder.lastGood, stored, source)
    }
    if let best {
      if let fault = Thresholds.fault(best.thresholds, classes: model.classes.count) {
        throw source.damaged(fault)
      }
      trainer.best = Trainer.Best(
        snapshot: try best.keys.map { try Self.snapshot($0, keys, Folder.best, stored, source) },
        accuracy: best.accuracy, loss: best.loss, thresholds: best.thresholds,
        attachments: try best.attachments.map { try model.attachment(named: $0) })
    }
    try stored.finish()
    return trainer
  }

  private static func parameter(
    _ key: String, _ keys: ParameterKeys, _ source: CheckpointTensors
  ) throws -> Parameter {
    guard let parameter = keys[key] else {
      throw source.damaged("it has a value of '\(key)', which the model does not")
    }
    return parameter
  }

  /// A tensor that training writes to: in memory of its own.
  private static func copy(
    _ parameter: Parameter, _ key: String, _ folder: String, _ stored: StoredParameters
  ) throws -> Tensor {
    stored.folder = folder
    return try stored.tensor(key, parameter.shape, .zeros).copy()
  }

  private static func snapshot(
    _ names: [String], _ keys: ParameterKeys, _ folder: String, _ stored: StoredParameters,
    _ source: CheckpointTensors
  ) throws -> Snapshot {
    Snapshot(
      try names.map { key in
        let parameter = try parameter(key, keys, source)
        return (parameter, try copy(parameter, key, folder, stored))
      })
  }
}
