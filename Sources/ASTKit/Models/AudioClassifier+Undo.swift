extension AudioClassifier {
  /// Runs a change of what is attached as one `change`; if it throws, the model is as it was
  /// before.
  func undoing<T>(_ body: () throws -> T) rethrows -> T {
    try change { try restoringOnError(body) }
  }

  private func restoringOnError<T>(_ body: () throws -> T) rethrows -> T {
    let (attachments, original, wasAdapted) = (attachments, original, wasAdapted)
    let (task, rules) = (ownTask, freezeRules)
    let (features, unsaved) = (ownFeatures, unsavedTraining)
    let states = attachments.map {
      ($0, isEnabled: $0.isEnabled, own: $0.own, features: $0.features)
    }
    let values = (parameters + attachments.flatMap(\.buffers) + allHeads.flatMap(\.parameters))
      .map { ($0, $0.value) }
    do {
      return try body()
    } catch {
      (self.attachments, self.original, self.wasAdapted) = (attachments, original, wasAdapted)
      (ownTask, freezeRules) = (task, rules)
      (ownFeatures, unsavedTraining) = (features, unsaved)
      for (attachment, isEnabled, own, features) in states {
        (attachment.isEnabled, attachment.own) = (isEnabled, own)
        attachment.features = features
      }
      for (parameter, value) in values where parameter.value !== value {
        _ = parameter.exchangeValue(value)
      }
      refreshTrainability()
      throw error
    }
  }
}
