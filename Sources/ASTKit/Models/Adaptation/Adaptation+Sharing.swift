/// Whose value of a shared parameter is in force, and what becomes of the others.
///
/// Values in force are told from those put aside by their bytes: training writes to parameters
/// without telling anyone. So a kept value that is no longer in force, with no other one in its
/// place, was trained on, by all that are enabled and share the parameter.
extension Adaptation {
  /// Puts an attachment's own values in force, and those of others aside that share them.
  mutating func takeOver(_ index: Int) throws {
    let shared = shared(by: members[index])
    let ofHeads = Set(heads.flatMap(\.parameters).map(ObjectIdentifier.init))
    for parameter in shared {
      let others = sharers(of: parameter, besides: index)
      if others.isEmpty {
        // A head may have been trained alone: that is its original then. What of the backbone is
        // not as it was, only a user's rule can have trained.
        if ofHeads.contains(ObjectIdentifier(parameter)) {
          try original.keep([parameter])
        } else {
          try original.keepMissing([parameter])
        }
      }
      // All of them are looked at before any is changed.
      let inForce = others.filter { !isOvershadowed($0, parameter, others) }
      for other in inForce { try members[other].own.keep([parameter]) }
    }
    members[index].turn = (enabled.map(\.turn).max() ?? 0) + 1
    try members[index].own.restore(shared)
    try members[index].own.keep(shared)
  }

  /// Puts the values of a just disabled attachment aside. What comes in their place: the
  /// original ones, or, where other enabled attachments share the parameter, the own one of
  /// that enabled last; values that were trained together stay with all of them.
  mutating func putAside(_ index: Int) throws {
    for parameter in shared(by: members[index]) {
      let others = sharers(of: parameter, besides: index)
      if isOvershadowed(index, parameter, others) { continue }
      if members[index].own.isInForce(parameter),
        let last = others.max(by: { members[$0].turn < members[$1].turn })
      {
        try members[last].own.restore([parameter])
      } else {
        try members[index].own.keep([parameter])
        if others.isEmpty { try original.restore([parameter]) }
      }
    }
  }

  /// Enabled attachments that share a parameter.
  private func sharers(of parameter: Parameter, besides index: Int) -> [Int] {
    members.indices.filter { other in
      other != index && members[other].isEnabled
        && shared(by: members[other]).contains { $0 === parameter }
    }
  }

  /// Whether another attachment's value of the parameter is in force, and this one's put aside.
  private func isOvershadowed(_ index: Int, _ parameter: Parameter, _ others: [Int]) -> Bool {
    let own = members[index].own
    return own.value(of: parameter) != nil && !own.isInForce(parameter)
      && others.contains { $0 != index && members[$0].own.isInForce(parameter) }
  }

  /// Remembers backbone values before a user's rule lets them be trained beside attachments.
  mutating func keepOriginals() throws {
    if !members.isEmpty {
      try original.keepMissing(backbone.parameters.filter(\.isTrainable))
    }
  }
}

// MARK: - Which value is whose

extension Adaptation {
  /// Whether an attachment's value of a parameter it shares is the one the model computes with.
  func isInForce(_ parameter: Parameter, of index: Int) -> Bool {
    members[index].isEnabled
      && !isOvershadowed(index, parameter, sharers(of: parameter, besides: index))
  }

  /// An attachment's values of a parameter it shares: its own while it is disabled, or while
  /// another's are in force.
  func value(of parameter: Parameter, for index: Int) -> Tensor {
    isInForce(parameter, of: index)
      ? parameter.value : members[index].own.value(of: parameter) ?? parameter.value
  }

  /// A parameter's value without anything attached.
  func baseValue(of parameter: Parameter) -> Tensor {
    // When nothing enabled shares the model's own head, its values are in force.
    let isOwnHead =
      enabled.allSatisfy { $0.task != nil }
      && ownTask.head.parameters.contains { $0 === parameter }
    if members.isEmpty || isOwnHead { return parameter.value }
    return original.value(of: parameter) ?? parameter.value
  }

  /// Backbone parameters that no enabled attachment trains and that are no longer what they
  /// were before anything was attached: those a user's rule made trainable.
  var trainedByRules: [Parameter] {
    let shared = Set(
      enabled.flatMap { $0.attachment.unfrozen + $0.alsoTrained }.map(ObjectIdentifier.init))
    return backbone.parameters.filter {
      !shared.contains(ObjectIdentifier($0)) && original.value(of: $0) != nil
        && !original.isInForce($0)
    }
  }
}
