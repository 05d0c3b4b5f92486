/// The attachments of a file, read and checked in full for one model before any of them is
/// put on it.
struct AdapterSet {
  private let model: AudioClassifier
  private let description: ModelDescription
  /// Each with its values of what it shares, and of these what it has in force.
  private var planned: [(member: Adaptation.Member, inForce: [Parameter])] = []

  /// Heads the set brings, by what they are for.
  private var tasks: [ModelDescription.Task: ClassificationTask] = [:]

  /// Reads the set of an adapter file, or what is attached to a whole model under names that
  /// begin with `prefix`.
  /// - Throws: `ModelFileError`, the errors of the format, and what `attach` throws.
  init(
    _ description: ModelDescription, _ source: any TensorSource, _ model: AudioClassifier,
    prefix: String = "", as name: String? = nil
  ) throws {
    let stored = StoredParameters(source, prefix: prefix)
    self.model = model
    self.description = description
    var active = model.adaptation.enabled
    // Of a set of which none was trained since, those of the model it was attached to.
    let isTrained = description.attachments.contains { $0.features != nil }
    let others = prefix.isEmpty && !isTrained ? description.features : nil
    for method in description.attachments {
      let position = try method.position.map { text in
        guard let position = Position(text) else {
          throw ModelFileError.description(path: stored.path)
        }
        return position
      }
      stored.folder = "\(method.name)/"
      let attachment = try model.make(
        PETLMethods.make(method.kind, method.settings), at: position, layers: method.layers,
        name: name ?? method.name, besides: planned.map(\.member.name), from: stored)
      let also = Set(method.alsoTrained ?? []), overshadowed = Set(method.overshadowed ?? [])
      var member = Adaptation.Member(
        attachment: attachment, isEnabled: method.isEnabled, turn: method.turn ?? 0,
        task: try task(method.task ?? description.task, stored.path),
        features: method.features ?? others, thresholds: method.thresholds,
        alsoTrained: model.backbone.parameters.filter { also.contains($0.name) })
      try ModelDescription.check(
        method.thresholds, of: (method.task ?? description.task).classes, stored.path)
      let shared = model.adaptation.shared(by: member)
      for parameter in shared {
        member.own.set(parameter, try stored.tensor(parameter.name, parameter.shape, .zeros))
      }
      if method.isEnabled {
        try model.adaptation.checkCombination(member, with: active)
        active.append(member)
      }
      let inForce = shared.filter { method.isEnabled && !overshadowed.contains($0.name) }
      planned.append((member, inForce))
    }
    stored.folder = AdapterFile.rulesPrefix
    for parameter in model.backbone.parameters where stored.has(parameter.name) {
      give(parameter, try stored.tensor(parameter.name, parameter.shape, .zeros))
    }
    try stored.finish()
  }

  /// Makes a backbone parameter that only a user's rule made trainable part of the set, so that
  /// it leaves with it: of the last enabled attachment, the others being built upon.
  private mutating func give(_ parameter: Parameter, _ value: Tensor) {
    guard let owner = planned.lastIndex(where: \.member.isEnabled) ?? planned.indices.last
    else { return }
    planned[owner].member.alsoTrained.append(parameter)
    planned[owner].member.own.set(parameter, value)
    if planned[owner].member.isEnabled { planned[owner].inForce.append(parameter) }
  }

  /// A head for what the file says; `nil` when the model's own is for the same.
  private mutating func task(
    _ wanted: ModelDescription.Task, _ path: String
  ) throws -> ClassificationTask? {
    let (pooling, style) = try wanted.choices(path)
    if model.ownTask.asksFor(wanted.classes, style, pooling) { return nil }
    if let known = tasks[wanted] { return known }
    guard !pooling.needsPrompts, !wanted.classes.isEmpty else {
      throw ModelFileError.description(path: path)
    }
    let head = try ClassificationHead(
      style, hidden: model.backbone.hidden, classes: wanted.classes.count,
      normEps: model.backbone.headNormEps, from: RandomParameters(seed: description.seed))
    let task = ClassificationTask(
      head: head, classes: model.ownTask.named(wanted.classes), pooling: pooling)
    tasks[wanted] = task
    return task
  }

  /// Puts the set on the model.
  /// - Returns: what is worth telling, such as a head made anew.
  /// - Throws: `EngineError.memory`; the model is unchanged then.
  func apply() throws -> [String] {
    try model.undoing { try model.adaptation.add(planned, description.freezeRules) }
    var notices: [String] = []
    for task in tasks.values.sorted(by: { $0.classes.count < $1.classes.count }) {
      notices.append(
        "the set brings its own head, for \(task.classes.count) classes on \(task.pooling.rawValue)"
      )
    }
    if !description.freezeRules.isEmpty {
      let rules = description.freezeRules.map {
        "\($0.isTrainable ? "unfreeze" : "freeze") \"\($0.pattern)\""
      }
      notices.append("the set brings what it was trained with: \(rules.joined(separator: ", "))")
    }
    return notices
  }
}
