extension Trainer {
  /// Takes optimiser steps, and validates after each epoch.
  ///
  /// - Parameters:
  ///   - count: steps to take at most; `nil` goes to the end of the run.
  ///   - interrupt: polled after each step; the run can go on later as if nothing happened.
  ///   - report: told after each step and each validation.
  /// - Returns: whether it stopped because of `interrupt`.
  /// - Throws: `EngineError.notFinite`: the weights are those of the last good step. What a
  ///   forward pass throws, `EngineError.memory` and `FileError.changed` among it: model and run
  ///   are as before the step.
  @discardableResult
  public func advance(
    by count: Int? = nil, interrupt: InterruptFlag? = nil,
    report: (TrainingProgress) -> Void = { _ in }
  ) throws -> Bool {
    let end = step + min(totalSteps - step, count ?? totalSteps)
    var pace = Pace()
    debt = prefixDebt
    while true {
      if validationIsDue {
        do { try validate(interrupt) } catch EngineError.interrupted { return true }
        report(progress(pace, end: end))
      }
      if step >= end || isFinished { break }
      if interrupt?.isRaised == true { return true }
      let started = SteadyClock.now, before = (prefixWork.clips, prefixWork.seconds)
      let epoch = epoch
      try takeStep()
      debt?.pay(prefixWork.clips - before.0)
      pace.note(
        clips: history.clips.last ?? 0, seconds: SteadyClock.now - started,
        ofThemInPrefix: prefixWork.seconds - before.1, epoch: epoch)
      report(progress(pace, end: end))
    }
    return false
  }

  /// One batch through one optimiser step.
  private func takeStep() throws {
    let epoch = step / stepsPerEpoch
    if order?.epoch != epoch { order = (epoch, batches.epoch(epoch)) }
    guard let indices = order?.batches[step % stepsPerEpoch] else { return }
    let parts = try parts(of: indices)
    try model.change { try followModel() }
    let (factor, rates) = (scheduleFactor, backboneRates)
    do {
      try trainingStep().take(
        parts, clips: indices.count, random: random.fork("step \(step)"),
        rate: { [learningRate] in factor * (rates[ObjectIdentifier($0)] ?? learningRate) },
        isLast: mayBeLast,
        // These weights gave a finite loss: what to go back to if the next ones do not.
        watch: { [self] _ in
          try model.change {
            if lastGood == nil {
              lastGood = try Snapshot(model)
            } else {
              try lastGood?.refresh(model)
            }
          }
        },
        accept: { [self] outcome in
          history.losses.append(outcome.loss)
          history.accuracies.append(outcome.decisions.f1)
          history.clips.append(indices.count)
          history.learningRates.append(factor * learningRate)
          step += 1
          validationIsDue = step % stepsPerEpoch == 0
          model.noteTraining(on: train.settings)
          // Whoever uses the model later knows by them whether a clip may have several classes.
          model.adaptation.thresholds = train.hasSeveralLabels ? model.thresholdsInForce : nil
        })
    } catch let error as TrainingStep.NotFinite {
      try model.change {
        try lastGood?.restore()
        optimiser.forgetOverflows()
      }
      throw EngineError.notFinite(what: error.what, step: step + 1)
    }
  }

  /// Fits what is kept to go back to when the model was changed since the last step.
  private func followModel() throws {
    if lastGood?.covers(model) == false { lastGood = nil }
    guard let attachments = best?.attachments else { return }
    let active = model.activeAttachments
    if attachments.count == active.count, zip(attachments, active).allSatisfy({ $0 === $1 }) {
      try best?.snapshot?.extend(model)
    } else {
      // What was measured was another model.
      best = nil
      waited = 0
      history.bestEpoch = nil
    }
  }

  /// Parameters that an attachment gives a rate of their own.
  private var backboneRates: [ObjectIdentifier: Double] {
    var rates: [ObjectIdentifier: Double] = [:]
    for attachment in model.activeAttachments {
      guard let rate = attachment.backboneLearningRate else { continue }
      for parameter in attachment.unfrozen { rates[ObjectIdentifier(parameter)] = rate }
    }
    return rates
  }

  /// Whether no step follows the next one, as far as is known.
  private var mayBeLast: Bool {
    step + 1 == totalSteps || (settings.patience != nil && (step + 1) % stepsPerEpoch == 0)
  }

  private func progress(_ pace: Pace, end: Int) -> TrainingProgress {
    let means = epochMeans
    let (evaluation, prefix) = shares
    let cost = RunCost(
      clip: pace.secondsPerClip,
      prefix: prefixWork.secondsPerClip ?? pace.secondsPerClip * prefix,
      validation: validationSeconds
        ?? Double(valid?.count ?? 0) * pace.secondsPerClip * evaluation)
    return TrainingProgress(
      epoch: min(settings.epochs, (max(1, step) - 1) / stepsPerEpoch + 1),
      epochs: settings.epochs, step: step, totalSteps: totalSteps,
      loss: means.loss, accuracy: means.accuracy,
      clipsPerSecond: pace.clipsPerSecond,
      secondsLeft: isFinished ? 0 : cost.seconds(work(until: end)),
      memory: ProcessMemory.resident,
      validation: validationIsDue
        ? nil
        : history.validations.last.flatMap { $0.step == step ? $0 : nil })
  }

  /// What evaluating a clip costs, and its prefix where that is kept, as shares of training on it
  /// without that: the backward pass of a stage takes about as long as its forward pass, and so
  /// does computing it again.
  private var shares: (evaluation: Double, prefix: Double) {
    let stages = model.backbone.stages, end = model.frozenPrefix.end
    let trained = Double(stages.count { $0 >= end }), frozen = Double(stages.count) - trained
    let training = trained * (settings.checkpointing ? 3 : 2)
    return debt == nil
      ? (Double(stages.count) / (training + frozen), 0) : (trained / training, frozen / training)
  }
}
