extension Trainer {
  /// The epoch that did best on the validation clips.
  struct Best {
    /// Its weights, where a finished run leaves these in the model.
    var snapshot: Snapshot?
    var accuracy: Double, loss: Double
    /// What was in force when they were measured.
    var attachments: [Attachment]
  }

  /// Measures the model on the validation clips, and keeps its weights if they are the best.
  func validate(_ interrupt: InterruptFlag?) throws {
    let started = SteadyClock.now, before = prefixWork.seconds
    let result = try valid.map {
      try model.evaluate($0, batch: settings.batch, interrupt: interrupt) {
        PrefixPass(
          model, $0, cache, makesRoom: true, work: prefixWork, interrupt: interrupt)
      }
    }
    if result != nil {
      validationSeconds = SteadyClock.now - started - (prefixWork.seconds - before)
      debt?.valid = 0
    }
    try model.change {
      if let result { try note(result) }
      validationIsDue = false
      guard isFinished, let snapshot = best?.snapshot else { return }
      try snapshot.restore()
      // The weights that somebody saved while the run was paused were others.
      model.noteTraining()
    }
  }

  private func note(_ result: Evaluation) throws {
    let isBest =
      result.notFinite == 0
      && best.map {
        result.accuracy > $0.accuracy
          || (result.accuracy == $0.accuracy && result.loss < $0.loss)
      } ?? true
    let snapshot = isBest && settings.keep == .best ? try Snapshot(model) : nil
    history.validations.append(
      TrainingHistory.Validation(step: step, loss: result.loss, accuracy: result.accuracy))
    waited += 1
    if isBest {
      waited = 0
      best = Best(
        snapshot: snapshot, accuracy: result.accuracy, loss: result.loss,
        attachments: model.activeAttachments)
      if snapshot != nil { history.bestEpoch = step / stepsPerEpoch }
    }
    if let reason = reasonOfEarlyStop {
      history.events.append(TrainingHistory.Event(step: step, what: reason))
    }
  }
}
