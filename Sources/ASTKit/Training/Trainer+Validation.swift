extension Trainer {
  /// The epoch that did best on the validation clips.
  struct Best {
    /// Its weights, where a finished run leaves these in the model.
    var snapshot: Snapshot?
    var accuracy: Double, loss: Double
    /// The best thresholds on these clips, where they may have several classes.
    var thresholds: [Double]?
    /// What was in force when they were measured.
    var attachments: [Attachment]
  }

  /// Measures the model on the validation clips, and keeps its weights if they are the best.
  ///
  /// Where clips may have several classes, the end of the run leaves the thresholds in the model that
  /// are the best for the weights it leaves.
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
      guard isFinished else { return }
      if let chosen = best?.snapshot == nil ? result.flatMap(thresholds) : best?.thresholds {
        model.adaptation.thresholds = chosen
      }
      guard let snapshot = best?.snapshot else { return }
      try snapshot.restore()
      // The weights that somebody saved while the run was paused were others.
      model.noteTraining()
    }
  }

  /// The best thresholds of a validation; `nil` where clips have one class.
  private func thresholds(_ result: Evaluation) -> [Double]? {
    result.hasSeveralLabels && result.notFinite == 0 ? result.bestThresholds : nil
  }

  private func note(_ result: Evaluation) throws {
    // Of rare classes hardly any threshold gives all the clips right: the order of the clips says
    // more of a model that is still learning.
    let accuracy =
      result.hasSeveralLabels
      ? try result.classRankings().meanAveragePrecision ?? 0 : result.accuracy
    let isBest =
      result.notFinite == 0
      && best.map {
        accuracy > $0.accuracy || (accuracy == $0.accuracy && result.loss < $0.loss)
      } ?? true
    let snapshot = isBest && settings.kept == .best ? try Snapshot(model) : nil
    history.validations.append(
      TrainingHistory.Validation(step: step, loss: result.loss, accuracy: accuracy))
    waited += 1
    if isBest {
      waited = 0
      best = Best(
        snapshot: snapshot, accuracy: accuracy, loss: result.loss,
        thresholds: snapshot == nil ? nil : thresholds(result), attachments: model.activeAttachments
      )
      if snapshot != nil { history.bestEpoch = step / stepsPerEpoch }
    }
    if let reason = reasonOfEarlyStop {
      history.events.append(TrainingHistory.Event(step: step, what: reason))
    }
  }
}
