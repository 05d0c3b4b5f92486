/// An adaptation in plain terms, for a file to keep: what it consists of, and every number.
///
/// A tensor's key says whose value it is and of what: `backbone/NAME`, `head/INDEX/NAME` and
/// `attached/ATTACHMENT/NAME` are in force or belong to an attachment alone; before one of the
/// first two, `original/` or `own/ATTACHMENT/` mark a value that is kept.
extension Adaptation {
  struct State {
    var layout: Layout
    /// In the same order for the same layout. Nobody may write to them.
    var tensors: [(key: String, tensor: Tensor)]
  }

  /// All that is no tensor.
  struct Layout: Codable {
    /// What the heads are for, the model's own first.
    var heads: [ModelDescription.Task]
    var members: [Member]
    var features: FeatureSettings?
    var thresholds: [Double]?
    var rules: [AudioClassifier.FreezeRule]
    var wasAdapted: Bool
    var unsaved: UnsavedTraining

    struct Member: Codable {
      var method: ModelDescription.Method
      /// Index of the head that it brought.
      var head: Int?
    }
  }

  /// All of it, as it is now: the tensors change with the model.
  var state: State {
    let heads = heads, places = places
    let layout = Layout(
      heads: heads.indices.map { index in
        ModelDescription.Task(
          members.compactMap(\.task).first { $0.head === heads[index] } ?? ownTask)
      },
      members: members.indices.map { index in
        Layout.Member(
          method: ModelDescription.Method(self, index),
          head: members[index].task.flatMap { task in heads.firstIndex { $0 === task.head } })
      },
      features: ownFeatures, thresholds: ownThresholds, rules: rules, wasAdapted: wasAdapted,
      unsaved: unsaved)
    func kept(_ values: OwnValues, _ start: String) -> [(key: String, tensor: Tensor)] {
      places.compactMap { key, parameter in
        values.value(of: parameter).map { (start + key, $0) }
      }
    }
    let own = members.flatMap { kept($0.own, "own/\($0.name)/") }
    return State(
      layout: layout,
      tensors: places.map { ($0.key, $0.parameter.value) } + kept(original, "original/") + own)
  }

  /// Everything that has values, under the keys of `state`.
  var places: [(key: String, parameter: Parameter)] {
    backbone.parameters.map { ("backbone/\($0.name)", $0) }
      + heads.enumerated().flatMap { index, head in
        head.parameters.map { ("head/\(index)/\($0.name)", $0) }
      }
      + members.map(\.attachment).flatMap { attachment in
        (attachment.parameters + attachment.buffers).map {
          ("attached/\(attachment.name)/\($0.name)", $0)
        }
      }
  }
}

extension AudioClassifier {
  /// Puts an adaptation back on a model with a backbone of the same sizes, to which nothing is
  /// attached: from now on it does what the model did that the state was taken from. Tensors of
  /// the backbone that the state lacks stay as they are.
  ///
  /// - Throws: `EngineError` saying what does not fit; the model is unchanged then.
  func restore(_ state: Adaptation.State) throws {
    guard attachments.isEmpty else {
      throw EngineError.refused(
        "what was attached comes back to a model without attachments, and this one has "
          + attachments.map(\.name).joined(separator: ", "))
    }
    let stored = KeyedTensors(state)
    try undoing {
      let layout = state.layout
      let tasks = try layout.heads.enumerated().map { index, task in
        try self.task(task, from: stored.under("head/\(index)/"))
      }
      guard let own = tasks.first else { throw EngineError.refused("the model has no head") }
      adaptation.ownTask = own
      for (member, head) in layout.members.map({ ($0.method, $0.head) }) {
        guard head.map(tasks.indices.contains) ?? true else {
          throw EngineError.refused("'\(member.name)' has a head that is not there")
        }
        let turn = member.turn ?? (adaptation.members.count + 1)
        guard (1...layout.members.count).contains(turn) else {
          throw EngineError.refused("'\(member.name)' was enabled as number \(turn)")
        }
        let position = try member.position.map { text in
          guard let position = Position(text) else {
            throw EngineError.refused(
              "'\(member.name)' is at '\(text.shown)', which is no position")
          }
          return position
        }
        let attachment = try make(
          PETLMethods.make(member.kind, member.settings), at: position,
          layers: member.layers, name: member.name, from: stored.under("attached/\(member.name)/"))
        let also = Set(member.alsoTrained ?? [])
        let restored = Adaptation.Member(
          attachment: attachment, isEnabled: member.isEnabled,
          turn: turn, task: head.map { tasks[$0] }, features: member.features,
          thresholds: member.thresholds,
          alsoTrained: backbone.parameters.filter { also.contains($0.name) })
        try check(member.thresholds, of: adaptation.task(of: restored).classes)
        adaptation.members.append(restored)
      }
      adaptation.ownFeatures = layout.features
      try check(layout.thresholds, of: own.classes)
      adaptation.ownThresholds = layout.thresholds
      (adaptation.rules, adaptation.wasAdapted) = (layout.rules, layout.wasAdapted)
      adaptation.unsaved = layout.unsaved
      for (key, parameter) in adaptation.places {
        if key.hasPrefix("backbone/"), let value = try stored.value(key, of: parameter) {
          try parameter.setValues(value)
        }
        if let value = try stored.value("original/" + key, of: parameter) {
          adaptation.original.set(parameter, value)
        }
        for (index, name) in attachments.map(\.name).enumerated() {
          if let value = try stored.value("own/\(name)/" + key, of: parameter) {
            adaptation.members[index].own.set(parameter, value)
          }
        }
      }
      if let key = stored.unused { throw EngineError.refused("'\(key)' has no place in the model") }
      adaptation.refreshTrainability()
      if let violation = adaptation.violations().first {
        throw EngineError.refused("what was attached does not fit together (\(violation))")
      }
    }
  }

  private func check(_ thresholds: [Double]?, of classes: [String]) throws {
    if let fault = Thresholds.fault(thresholds, classes: classes.count) {
      throw EngineError.refused(fault)
    }
  }

  private func task(
    _ task: ModelDescription.Task, from source: any ParameterSource
  ) throws -> ClassificationTask {
    guard let pooling = Pooling(rawValue: task.pooling),
      let style = ClassificationHead.Style(rawValue: task.head), !task.classes.isEmpty
    else { throw EngineError.refused("'\(task.head)' on '\(task.pooling)' is no head") }
    let head = try ClassificationHead(
      style, hidden: backbone.hidden, classes: task.classes.count, normEps: backbone.headNormEps,
      from: source)
    return ClassificationTask(head: head, classes: task.classes, pooling: pooling)
  }
}

/// The tensors of a state by key; notes which are used.
private final class KeyedTensors {
  private let tensors: [String: Tensor]
  private var used: Set<String> = []

  init(_ state: Adaptation.State) {
    tensors = Dictionary(
      state.tensors.map { ($0.key, $0.tensor) }, uniquingKeysWith: { first, _ in first })
  }

  /// The first key that nothing has asked for.
  var unused: String? { tensors.keys.filter { !used.contains($0) }.min() }

  /// The value of that key in memory that nobody else writes to; `nil` if there is none.
  /// - Throws: `EngineError.shape`, `.memory`
  func value(_ key: String, of parameter: Parameter) throws -> Tensor? {
    try value(key, parameter.shape)
  }

  private func value(_ key: String, _ shape: [Int]) throws -> Tensor? {
    guard let tensor = tensors[key] else { return nil }
    guard tensor.shape == shape else {
      throw EngineError.shape(operation: key, expected: "shape \(shape)", found: tensor.shape)
    }
    used.insert(key)
    return tensor.storage.isBorrowed ? tensor.viewed(as: shape) : try tensor.copy()
  }

  /// The tensors whose keys begin so, as first values.
  func under(_ start: String) -> any ParameterSource { Part(all: self, start: start) }

  private struct Part: ParameterSource {
    let all: KeyedTensors
    let start: String

    func tensor(_ name: String, _ shape: [Int], _ initialization: Initialization) throws -> Tensor {
      guard let tensor = try all.value(start + name, shape) else {
        throw EngineError.refused("'\(start + name)' is missing")
      }
      return tensor
    }
  }
}
