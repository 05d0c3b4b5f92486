extension AudioClassifier {
  /// Runs a change of what is attached; if it throws, the model is as it was before.
  func undoing<T>(_ change: () throws -> T) rethrows -> T {
    let (attachments, original, wasAdapted) = (attachments, original, wasAdapted)
    let (task, rules) = (ownTask, freezeRules)
    let states = attachments.map { ($0, isEnabled: $0.isEnabled, own: $0.own) }
    let values = (parameters + attachments.flatMap(\.buffers) + allHeads.flatMap(\.parameters))
      .map { ($0, $0.value) }
    do {
      return try change()
    } catch {
      (self.attachments, self.original, self.wasAdapted) = (attachments, original, wasAdapted)
      (ownTask, freezeRules) = (task, rules)
      for (attachment, isEnabled, own) in states {
        (attachment.isEnabled, attachment.own) = (isEnabled, own)
      }
      for (parameter, value) in values where parameter.value !== value {
        _ = parameter.exchangeValue(value)
      }
      refreshTrainability()
      throw error
    }
  }
}
