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
    if let valid {
      let result = try model.evaluate(valid, batch: settings.batch, interrupt: interrupt)
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
    validationIsDue = false
    guard step >= totalSteps, let best else { return }
    try model.change {
      try best.snapshot.restore()
      // The weights that somebody saved while the run was paused were others.
      model.noteTraining()
    }
  }
}
