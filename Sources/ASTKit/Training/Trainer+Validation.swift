extension Trainer {
  /// The weights of the epoch that did best on the validation clips.
  struct Best {
    var snapshot: Snapshot
    var accuracy: Double, loss: Double
    /// What was in force when they were measured.
    var attachments: [Attachment]
  }

  /// Measures the model on the validation clips, and keeps its weights if they are the best.
  func validate(_ interrupt: InterruptFlag?) throws {
    let result = try valid.map {
      try model.evaluate($0, batch: settings.batch, interrupt: interrupt)
    }
    try model.change {
      if let result { try note(result) }
      validationIsDue = false
      guard step >= totalSteps, let best else { return }
      try best.snapshot.restore()
      // The weights that somebody saved while the run was paused were others.
      model.noteTraining()
    }
  }

  private func note(_ result: Evaluation) throws {
    let isBetter =
      best.map {
        result.accuracy > $0.accuracy
          || (result.accuracy == $0.accuracy && result.loss < $0.loss)
      } ?? true
    let isBest = isBetter && result.notFinite == 0 && settings.keep == .best
    let snapshot = isBest ? try Snapshot(model) : nil
    history.validations.append(
      TrainingHistory.Validation(step: step, loss: result.loss, accuracy: result.accuracy))
    if let snapshot {
      best = Best(
        snapshot: snapshot, accuracy: result.accuracy, loss: result.loss,
        attachments: model.activeAttachments)
      history.bestEpoch = step / stepsPerEpoch
    }
  }
}
