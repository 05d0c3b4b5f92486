/// A training run that can be advanced step by step, paused and carried on.
public final class Trainer {
  public let model: AudioClassifier
  public let settings: TrainingSettings
  public let train: DatasetView
  public let valid: DatasetView?
  /// Peak learning rate; may be changed between steps.
  public private(set) var learningRate: Double

  /// Optimiser steps done.
  public private(set) var step = 0
  /// What was measured so far.
  public private(set) var history = TrainingHistory()

  let optimiser: AdamW
  private let batches: Batches
  private let random: RandomSource
  private var order: (epoch: Int, batches: [ArraySlice<Int>])?
  private var lastGood: Snapshot?
  private var best: (snapshot: Snapshot, score: Score, attachments: [Attachment])?
  private var validationIsDue = false

  private struct Score { var accuracy: Double, loss: Double }

  /// - Throws: `EngineError` or `DatasetError` naming what does not fit together.
  public init(
    _ model: AudioClassifier, train: DatasetView, valid: DatasetView? = nil,
    _ settings: TrainingSettings = TrainingSettings()
  ) throws {
    try settings.validate()
    try model.check(fits: train)
    if let valid { try model.check(fits: valid) }
    try model.requireMemory(
      batch: min(settings.batch, train.count), of: train.settings.shape, training: true)
    guard !model.trainableParameters.isEmpty else {
      throw EngineError.refused(
        "nothing in the model is trainable: attach a method, or unfreeze what should learn")
    }
    if settings.augmentation != nil, train.settings.kind != .logMel {
      throw EngineError.refused("SpecAugment masks spectrograms, and the data has waveforms")
    }
    self.model = model
    self.train = train
    self.valid = valid
    self.settings = settings
    learningRate = settings.learningRate
    let seed = UInt64(bitPattern: Int64(settings.seed))
    batches = try Batches(train, size: settings.batch, seed: seed)
    random = RandomSource(seed: seed)
    optimiser = AdamW(settings.optimiser)
    // Blocks of the sizes of other batches would be kept beside this run's.
    BufferPool.shared.trim()
  }

  public var stepsPerEpoch: Int { batches.count }
  public var totalSteps: Int { settings.epochs * stepsPerEpoch }
  /// Whole epochs done.
  public var epoch: Int { step / stepsPerEpoch }
  public var isFinished: Bool { step >= totalSteps && !validationIsDue }

  /// Means over the epoch so far, or over the last one where none is begun.
  public var epochMeans: (loss: Double, accuracy: Double) {
    let first = (max(1, step) - 1) / stepsPerEpoch * stepsPerEpoch
    return history.means(over: first..<(first + stepsPerEpoch))
  }

  private var scheduleFactor: Double {
    settings.schedule.factor(step: step, total: totalSteps, warmup: settings.warmup)
  }

  /// Changes the peak learning rate of the steps to come.
  /// - Throws: `EngineError.setting`
  public func setLearningRate(_ rate: Double) throws {
    var changed = settings
    changed.learningRate = rate
    try changed.validate()
    learningRate = rate
    history.events.append(TrainingHistory.Event(step: step, what: "lr = \(rate)"))
  }

  /// Takes optimiser steps, and validates after each epoch.
  ///
  /// - Parameters:
  ///   - count: steps to take at most; `nil` goes to the end of the run.
  ///   - interrupt: polled after each step; the run can go on later as if nothing happened.
  ///   - report: told after each step and each validation.
  /// - Returns: whether it stopped because of `interrupt`.
  /// - Throws: `EngineError.notFinite`: the weights are those of the last good step.
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

  /// One batch: forward, backward, update.
  private func takeStep() throws {
    let epoch = step / stepsPerEpoch
    if order?.epoch != epoch { order = (epoch, batches.epoch(epoch)) }
    guard let indices = order?.batches[step % stepsPerEpoch] else { return }
    let (input, ownLabels, lengths) = batches.fill(indices)
    // Each time: what is attached between two steps may bring another head.
    let match = try model.check(fits: train)
    let labels = ownLabels.map { match.indices[$0] }
    var stream = random.fork("step \(step)")
    try settings.augmentation?.apply(to: input, random: &stream)

    followModel()
    let trainable = model.trainableParameters
    for parameter in trainable { parameter.clearGradient() }
    let buffers = model.activeAttachments.flatMap(\.buffers).map { ($0, $0.value.copy()) }
    func stop(_ what: String) throws -> Never {
      try model.change {
        lastGood?.restore()
        for (buffer, copy) in buffers { try buffer.value.update(from: copy) }
      }
      for parameter in trainable { parameter.clearGradient() }
      optimiser.forgetOverflows()
      throw EngineError.notFinite(what: what, step: step + 1)
    }

    let tape = Tape(.training, random: stream)
    let logits: Tensor, loss: Tensor
    do {
      logits = try model.forward(input, lengths: lengths, tape)
      loss = try tape.crossEntropy(logits, labels: labels)
    } catch {
      // The layers before the one that refused have seen the batch.
      for (buffer, copy) in buffers { try buffer.value.update(from: copy) }
      throw error
    }
    guard loss.pointer[0].isFinite else { try stop("the loss") }
    try tape.backward(from: loss)
    if let bad = trainable.first(where: { $0.gradient?.isFinite == false }) {
      try stop("the gradient of '\(bad.name)'")
    }
    if let (bad, _) = buffers.first(where: { !$0.0.value.isFinite }) {
      try stop("'\(bad.name)'")
    }
    // These weights gave a finite loss: what to go back to if the next ones do not.
    if lastGood == nil { lastGood = Snapshot(model) } else { lastGood?.refresh(model) }
    let factor = scheduleFactor
    let backbone = backboneRates
    try model.change {
      optimiser.step(trainable) { [learningRate] parameter in
        factor * (backbone[ObjectIdentifier(parameter)] ?? learningRate)
      }
      // No later step computes with these: look at them now.
      if step + 1 == totalSteps, let bad = trainable.first(where: { !$0.value.isFinite }) {
        try stop("'\(bad.name)'")
      }
      model.noteTraining(on: train.settings)
    }
    for parameter in trainable { parameter.clearGradient() }
    let right = zip(AudioClassifier.predictions(logits), labels).count { $0 == $1 }
    history.losses.append(Double(loss.pointer[0]))
    history.accuracies.append(Double(right) / Double(labels.count))
    history.clips.append(labels.count)
    history.learningRates.append(factor * learningRate)
    step += 1
    validationIsDue = step % stepsPerEpoch == 0
  }

  /// Fits what is kept to go back to when the model was changed since the last step.
  private func followModel() {
    if lastGood?.covers(model) == false { lastGood = nil }
    guard let attachments = best?.attachments else { return }
    let active = model.activeAttachments
    if attachments.count == active.count, zip(attachments, active).allSatisfy({ $0 === $1 }) {
      best?.snapshot.extend(model)
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

  private func validate(_ interrupt: InterruptFlag?) throws {
    if let valid {
      let result = try model.evaluate(valid, batch: settings.batch, interrupt: interrupt)
      history.validations.append(
        TrainingHistory.Validation(step: step, loss: result.loss, accuracy: result.accuracy))
      let isBetter =
        best.map {
          result.accuracy > $0.score.accuracy
            || (result.accuracy == $0.score.accuracy && result.loss < $0.score.loss)
        } ?? true
      if isBetter, result.notFinite == 0, settings.keep == .best {
        best = (
          Snapshot(model), Score(accuracy: result.accuracy, loss: result.loss),
          model.activeAttachments
        )
        history.bestEpoch = step / stepsPerEpoch
      }
    }
    validationIsDue = false
    guard step >= totalSteps, let best else { return }
    model.change {
      best.snapshot.restore()
      // The weights that somebody saved while the run was paused were others.
      model.noteTraining()
    }
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
