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
    let started = SteadyClock.now, first = step
    while true {
      if validationIsDue {
        do { try validate(interrupt) } catch EngineError.interrupted { return true }
        report(progress(since: started, first: first, end: end))
      }
      if step >= end { break }
      if interrupt?.isRaised == true { return true }
      try takeStep()
      report(progress(since: started, first: first, end: end))
    }
    return false
  }

  /// One batch through one optimiser step.
  private func takeStep() throws {
    let epoch = step / stepsPerEpoch
    if order?.epoch != epoch { order = (epoch, batches.epoch(epoch)) }
    guard let indices = order?.batches[step % stepsPerEpoch] else { return }
    // Each time: what is attached between two steps may bring another head.
    let match = try model.check(fits: train)
    try model.change { try followModel() }
    let (factor, rates) = (scheduleFactor, backboneRates)
    let fill: TrainingStep.Fill = { [batches, settings] random in
      let (input, labels, lengths) = try batches.fill(indices)
      try settings.augmentation?.apply(to: input, random: &random)
      return TrainingStep.Part(
        .input(input), labels: labels.map { match.indices[$0] }, lengths: lengths)
    }
    do {
      try TrainingStep(model, optimiser).take(
        [fill], clips: indices.count, random: random.fork("step \(step)"),
        rate: { [learningRate] in factor * (rates[ObjectIdentifier($0)] ?? learningRate) },
        isLast: step + 1 == totalSteps,
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
          history.accuracies.append(Double(outcome.right) / Double(indices.count))
          history.clips.append(indices.count)
          history.learningRates.append(factor * learningRate)
          step += 1
          validationIsDue = step % stepsPerEpoch == 0
          model.noteTraining(on: train.settings)
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
      try best?.snapshot.extend(model)
    } else {
      // What was measured was another model.
      best = nil
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

  private func progress(since started: Double, first: Int, end: Int) -> TrainingProgress {
    let seconds = SteadyClock.now - started
    let done = step - first
    let perStep = done == 0 ? 0 : seconds / Double(done)
    let clips = history.clips[first..<step].reduce(0, +)
    let means = epochMeans
    return TrainingProgress(
      epoch: min(settings.epochs, (max(1, step) - 1) / stepsPerEpoch + 1),
      epochs: settings.epochs, step: step, totalSteps: totalSteps,
      loss: means.loss, accuracy: means.accuracy,
      clipsPerSecond: done == 0 ? .nan : Double(clips) / seconds,
      secondsLeft: perStep * Double(end - step),
      validation: validationIsDue
        ? nil
        : history.validations.last.flatMap { $0.step == step ? $0 : nil })
  }
}
