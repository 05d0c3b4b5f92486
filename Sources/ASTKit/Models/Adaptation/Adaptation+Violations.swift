/// What the invariants of `Adaptation` say, looked for one by one.
extension Adaptation {
  /// Where an invariant does not hold, in words that begin with its number; empty otherwise.
  func violations() -> [String] {
    namesAndPlaces + combination + tasks + ownValues + originals + tensors + trainable + idleHeads
      + turns
  }

  private var namesAndPlaces: [String] {
    let places = Set(backbone.parameters.map(ObjectIdentifier.init))
    var seen: Set<String> = []
    return members.flatMap { member in
      let foreign = (member.attachment.unfrozen + member.alsoTrained).filter {
        !places.contains(ObjectIdentifier($0))
      }
      let isNamed =
        !member.name.isEmpty && !PathBytes.hasSlash(member.name)
        && seen.insert(member.name).inserted
      return (isNamed ? [] : ["1: '\(member.name)' is no name, or taken"])
        + foreign.map { "1: '\(member.name)' shares \($0.name) of another backbone" }
    }
  }

  private var combination: [String] {
    let heads = Set(enabled.map { ObjectIdentifier(task(of: $0).head) })
    let prompts = enabled.count { $0.attachment.hasPrompts }
    return (heads.count > 1 ? ["2: \(heads.count) heads are in force"] : [])
      + (prompts > 1 ? ["2: prompts of \(prompts) attachments are in force"] : [])
  }

  private var tasks: [String] {
    members.compactMap { member in
      guard let task = member.task else { return nil }
      if task.head === ownTask.head { return "3: '\(member.name)' brings the model's own head" }
      return task.head.classes == task.classes.count
        ? nil : "3: the head of '\(member.name)' has other classes"
    } + (ownTask.head.classes == ownTask.classes.count ? [] : ["3: the head has other classes"])
  }

  private var ownValues: [String] {
    members.filter { Set($0.own.values.keys) != Set(shared(by: $0).map(ObjectIdentifier.init)) }
      .map { "4: '\($0.name)' keeps values of other parameters than it shares" }
  }

  private var originals: [String] {
    if members.isEmpty { return original.values.isEmpty ? [] : ["5: originals of nothing"] }
    let known = Set((backbone.parameters + heads.flatMap(\.parameters)).map(ObjectIdentifier.init))
    let needed = enabled.flatMap(shared) + backbone.parameters.filter(\.isTrainable)
    return original.values.filter { !known.contains($0.key) }
      .map { "5: the original of \($0.value.parameter.name), which is not the model's" }
      + needed.filter { original.value(of: $0) == nil }.map { "5: no original of \($0.name)" }
  }

  private var tensors: [String] {
    ([original] + members.map(\.own)).flatMap(\.values.values).compactMap { parameter, value in
      let isApart = value.pointer != parameter.value.pointer || value.storage.isBorrowed
      return value.shape == parameter.shape && isApart
        ? nil : "6: a kept value of \(parameter.name) is not of its own"
    }
  }

  private var trainable: [String] {
    trainability.filter { $0.parameter.isTrainable != $0.isTrainable }
      .map { "7: \($0.parameter.name) \($0.isTrainable ? "is not" : "is") trainable" }
      + ([original] + members.map(\.own)).flatMap(\.values.values)
      .filter { $0.value.gradientSlot != nil }
      .map { "7: a kept value of \($0.parameter.name) is trainable" }
  }

  private var idleHeads: [String] {
    let inForce = Set(enabled.map { ObjectIdentifier(task(of: $0).head) })
    return heads.dropFirst().filter { !inForce.contains(ObjectIdentifier($0)) }
      .flatMap(\.parameters).filter { !original.isInForce($0) }
      .map { "8: \($0.name) of a head that is not in force" }
  }

  private var turns: [String] {
    Set(enabled.map(\.turn)).count == enabled.count ? [] : ["9: two were enabled at once"]
  }
}
