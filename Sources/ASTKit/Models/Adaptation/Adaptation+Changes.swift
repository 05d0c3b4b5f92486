/// Attaching, switching and detaching. A change that throws may be done in part: call these in
/// `AudioClassifier.undoing`.
extension Adaptation {
  /// Adds what `AudioClassifier.make` made, after `checkCombination`, with its own values of
  /// parameters it shares; those it has none of are the present ones.
  /// - Throws: `EngineError.memory`
  mutating func add(_ member: Member) throws {
    try original.keepMissing(member.task?.head.parameters ?? [])
    members.append(member)
    let last = members.count - 1
    // Not before it has taken over is it one of those that share.
    members[last].isEnabled = false
    members[last].own.keepOnly(shared(by: member))
    try members[last].own.keepMissing(shared(by: member))
    if member.isEnabled { try enable(last) }
    refreshTrainability()
    try keepOriginals()
  }

  /// Switches an attachment on or off.
  /// - Throws: `EngineError.memory`
  mutating func setEnabled(_ isEnabled: Bool, _ index: Int) throws {
    if isEnabled { try enable(index) } else { try disable(index) }
    refreshTrainability()
    try keepOriginals()
  }

  private mutating func enable(_ index: Int) throws {
    try takeOver(index)
    members[index].isEnabled = true
  }

  private mutating func disable(_ index: Int) throws {
    members[index].isEnabled = false
    try putAside(index)
  }

  /// Takes an attachment away and gives back what was there without it.
  /// - Throws: `EngineError.memory`
  mutating func detach(_ index: Int) throws {
    if members[index].isEnabled { try disable(index) }
    remove(index)
  }

  /// Drops an attachment that is put aside, or whose effect the model's own weights have taken
  /// over.
  mutating func remove(_ index: Int) {
    let gone = members.remove(at: index)
    let idle = gone.attachment.parameters + (gone.task?.head.parameters ?? [])
    for parameter in idle { parameter.isTrainable = false }
    wasAdapted = true
    // What is there now is what the next attachment finds.
    original.keepOnly(
      members.isEmpty ? [] : backbone.parameters + heads.flatMap(\.parameters))
    refreshTrainability()
  }

  /// Gives the model another head while nothing is attached.
  mutating func replaceHead(_ head: ClassificationHead, classes: [String]) {
    ownTask = ClassificationTask(head: head, classes: classes, pooling: ownTask.pooling)
    ownThresholds = nil
    refreshTrainability()
  }
}

// MARK: - A set from a file

extension Adaptation {
  /// Adds several attachments that were saved together.
  ///
  /// - Parameters:
  ///   - set: in the order they act; their turns say in which order they were enabled, where
  ///     that is another one. Of each, the shared parameters of which its value is in force.
  ///   - rules: what the set was trained with.
  /// - Throws: `EngineError.memory`
  mutating func add(
    _ set: [(member: Member, inForce: [Parameter])], _ rules: [AudioClassifier.FreezeRule]
  ) throws {
    let first = members.count
    for (member, _) in set { try add(member) }
    // Each now has its own; where several share a parameter, the last one's is in force.
    for (member, inForce) in set { try member.own.restore(inForce) }
    let order = set.indices.filter { set[$0].member.isEnabled }
    let turns = order.map { members[first + $0].turn }
    for (turn, index) in zip(
      turns,
      order.sorted {
        (set[$0].member.turn, $0) < (set[$1].member.turn, $1)
      })
    {
      members[first + index].turn = turn
    }
    try add(rules)
  }
}

// MARK: - What cannot act together

extension Adaptation {
  /// Refuses what cannot act together, with the reason.
  func checkCombination(_ new: Member, with active: [Member]) throws {
    let others = active.filter { $0.attachment !== new.attachment }
    if new.attachment.hasPrompts,
      let other = others.first(where: { $0.attachment.hasPrompts })
    {
      throw EngineError.refused(
        "'\(other.name)' has put prompts in the distillation token's place already; "
          + "disable or detach it first")
    }
    let task = task(of: new)
    if let other = others.first(where: { self.task(of: $0).head !== task.head }) {
      throw EngineError.refused(
        "'\(new.name)' is for \(task.classes.count) classes and '\(other.name)' for "
          + "\(self.task(of: other).classes.count), each with a head of its own; "
          + "disable '\(other.name)' first")
    }
    let pooling =
      new.attachment.pooling ?? others.compactMap(\.attachment.pooling).last ?? task.pooling
    if new.attachment.hasPrompts, pooling == .clsAndDistillation {
      throw EngineError.refused(
        "the head of this model looks at the distillation token, whose place prompts take; "
          + "give 'output:' to look at other tokens")
    }
  }
}
