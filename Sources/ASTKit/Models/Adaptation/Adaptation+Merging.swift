/// What a merge makes of the values that are kept. Whatever is switched on or off afterwards
/// finds the model that it would have found with the merged attachment enabled.
extension Adaptation {
  /// Adds to a weight of the backbone, and to every value that is kept of it.
  /// - Throws: `EngineError.memory`, `FileError.changed`
  mutating func add(_ correction: Tensor, to weight: Parameter) throws {
    let owner = weight.value.storage.owner
    _ = weight.exchangeValue(try Elementwise.sum(weight.value, correction))
    try owner?.requireUnchanged()
    try original.add(correction, to: weight)
    for index in members.indices { try members[index].own.add(correction, to: weight) }
  }

  /// Drops an attachment of which the backbone's weights compute the effect: what it trained in
  /// place becomes the model's own, its head and its features as well.
  ///
  /// Those that were enabled with it were built upon it: where its value of a parameter is in
  /// force, it is theirs from now on, and so are the features.
  /// - Throws: `EngineError.memory`
  mutating func absorb(_ index: Int) throws {
    let merged = members[index]
    for parameter in shared(by: merged) {
      let isInForce = isInForce(parameter, of: index)
      if isInForce {
        try original.keep([parameter])
      } else if let own = merged.own.value(of: parameter) {
        original.set(parameter, own)
      }
    }
    let featuresInForce = features, thresholdsInForce = thresholds
    ownThresholds = merged.thresholds
    if let task = merged.task {
      ownTask = task
      for other in members.indices where members[other].task?.head === task.head {
        members[other].task = nil
      }
    }
    if let own = merged.features { ownFeatures = own }
    remove(index)
    if features != featuresInForce { features = featuresInForce }
    if thresholds != thresholdsInForce { thresholds = thresholdsInForce }
    noteMerge()
  }
}
