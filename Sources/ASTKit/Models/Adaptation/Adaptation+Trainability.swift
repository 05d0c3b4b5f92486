/// What training changes: what is enabled and the head in force, or, in a model that nothing was
/// ever attached to, all of it; with the user's rules on top.
extension Adaptation {
  /// Whether each parameter of `parameters` is to be trainable. What a disabled attachment
  /// brought and heads that are not in force take no part, whatever the rules say.
  var trainability: [(parameter: Parameter, isTrainable: Bool)] {
    let isWhole = members.isEmpty && !wasAdapted
    let chosen = Set(
      (task.head.parameters + enabled.flatMap { $0.attachment.parameters + $0.attachment.unfrozen })
        .map(ObjectIdentifier.init))
    let idle = Set(
      members.filter { !$0.isEnabled }.flatMap(\.attachment.parameters)
        .map(ObjectIdentifier.init))
    return parameters.map { parameter in
      let id = ObjectIdentifier(parameter)
      if idle.contains(id) { return (parameter, false) }
      let rule = rules.last { Glob.matches($0.pattern, parameter.name) }
      return (parameter, rule?.isTrainable ?? (isWhole || chosen.contains(id)))
    } + idleHeads.flatMap(\.parameters).map { ($0, false) }
  }

  private var idleHeads: [ClassificationHead] {
    let head = task.head
    return heads.filter { $0 !== head }
  }

  /// Makes trainable what should be, and nothing else.
  func refreshTrainability() {
    for (parameter, isTrainable) in trainability { parameter.isTrainable = isTrainable }
  }

  /// Takes over users' rules; one about a pattern that had a rule already takes its place.
  /// - Throws: `EngineError.memory`; call it in `undoing`.
  mutating func add(_ more: [AudioClassifier.FreezeRule]) throws {
    for rule in more {
      rules.removeAll { $0.pattern == rule.pattern }
      rules.append(rule)
    }
    refreshTrainability()
    try keepOriginals()
  }
}
