/// A training run that can be advanced step by step, paused and carried on.
public final class Trainer {
  public let model: AudioClassifier
  public let settings: TrainingSettings
  public let train: DatasetView
  public let valid: DatasetView?
  /// Peak learning rate; may be changed between steps.
  public internal(set) var learningRate: Double

  /// Optimiser steps done.
  public internal(set) var step = 0
  /// What was measured so far.
  public internal(set) var history = TrainingHistory()

  let optimiser: AdamW
  private let batches: Batches
  private let random: RandomSource
  private var order: (epoch: Int, batches: [ArraySlice<Int>])?
  var lastGood: Snapshot?
  var best: (snapshot: Snapshot, score: Score, attachments: [Attachment])?
  var validationIsDue = false

  struct Score: Codable { var accuracy: Double, loss: Double }

  /// - Throws: `EngineError` or `DatasetError` naming what does not fit together.
  public convenience init(
    _ model: AudioClassifier, train: DatasetView, valid: DatasetView? = nil,
    _ settings: TrainingSettings = TrainingSettings()
  ) throws {
    try settings.validate()
    try model.check(fits: train)
    if let valid { try model.check(fits: valid) }
    guard !model.trainableParameters.isEmpty else {
      throw EngineError.refused(
        "nothing in the model is trainable: attach a method, or unfreeze what should learn")
    }
    try self.init(unchecked: model, train: train, valid: valid, settings)
  }

  /// A run of a model that need not fit the clips or train anything now, since both may change
  /// between two steps and each step asks.
  /// - Throws: `EngineError` or `DatasetError` for settings and clips of which no run can be.
  init(
    unchecked model: AudioClassifier, train: DatasetView, valid: DatasetView?,
    _ settings: TrainingSettings
  ) throws {
    try settings.validate()
    try model.requireMemory(
      batch: min(settings.batch, train.count), of: train.settings.shape, training: true)
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
    // Adapters that are saved after the backbone's file has changed still say which one they
    // were trained on.
    try BackboneFingerprint.remember(model)
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
    model.change {
      learningRate = rate
      history.events.append(TrainingHistory.Event(step: step, what: "lr = \(rate)"))
    }
  }

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

  /// One batch: forward, backward, update.
  private func takeStep() throws {
    let epoch = step / stepsPerEpoch
    if order?.epoch != epoch { order = (epoch, batches.epoch(epoch)) }
    guard let indices = order?.batches[step % stepsPerEpoch] else { return }
    let (input, ownLabels, lengths) = try batches.fill(indices)
    // Each time: what is attached between two steps may bring another head.
    let match = try model.check(fits: train)
    let labels = ownLabels.map { match.indices[$0] }
    var stream = random.fork("step \(step)")
    try settings.augmentation?.apply(to: input, random: &stream)

    try followModel()
    let trainable = model.trainableParameters
    let buffers = model.activeAttachments.flatMap(\.buffers)
    // What the step changes, before it is known whether it is any good. Copied before the files
    // are looked at, so that no copy has values that the file has only now.
    let copies = try WorkingCopies(of: buffers + trainable.filter(\.value.storage.isBorrowed))
    for parameter in trainable { parameter.clearGradient() }
    defer { for parameter in trainable { parameter.clearGradient() } }
    let factor = scheduleFactor
    let logits: Tensor, loss: Tensor
    do {
      let tape = Tape(.training, random: stream)
      logits = try model.forward(input, lengths: lengths, tape)
      loss = try tape.crossEntropy(logits, labels: labels)
      try update(trainable, buffers, tape, loss, factor)
    } catch {
      copies.undo()
      throw error
    }
    let right = zip(AudioClassifier.predictions(logits), labels).count { $0 == $1 }
    history.losses.append(Double(loss.pointer[0]))
    history.accuracies.append(Double(right) / Double(labels.count))
    history.clips.append(labels.count)
    history.learningRates.append(factor * learningRate)
    step += 1
    validationIsDue = step % stepsPerEpoch == 0
  }

  /// Backward, checks and the update itself.
  private func update(
    _ trainable: [Parameter], _ buffers: [Parameter], _ tape: Tape, _ loss: Tensor,
    _ factor: Double
  ) throws {
    guard loss.pointer[0].isFinite else { throw try notFinite("the loss") }
    try tape.backward(from: loss)
    // The gradients too were computed with the files' pages.
    try model.requireUnchangedFiles()
    if let bad = trainable.first(where: { $0.gradient?.isFinite == false }) {
      throw try notFinite("the gradient of '\(bad.name)'")
    }
    if let bad = buffers.first(where: { !$0.value.isFinite }) {
      throw try notFinite("'\(bad.name)'")
    }
    // These weights gave a finite loss: what to go back to if the next ones do not.
    if lastGood == nil { lastGood = try Snapshot(model) } else { try lastGood?.refresh(model) }
    let backbone = backboneRates
    try model.change {
      try optimiser.step(trainable) { [learningRate] parameter in
        factor * (backbone[ObjectIdentifier(parameter)] ?? learningRate)
      }
      // No later step computes with these: look at them now.
      if step + 1 == totalSteps, let bad = trainable.first(where: { !$0.value.isFinite }) {
        throw try notFinite("'\(bad.name)'")
      }
      model.noteTraining(on: train.settings)
    }
  }

  /// Goes back to the last good weights; the error to stop with.
  private func notFinite(_ what: String) throws -> EngineError {
    try model.change { try lastGood?.restore() }
    optimiser.forgetOverflows()
    return .notFinite(what: what, step: step + 1)
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

  private func validate(_ interrupt: InterruptFlag?) throws {
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

  /// Takes a validation into the history, and the weights if they are the best so far.
  private func note(_ result: Evaluation) throws {
    let isBetter =
      best.map {
        result.accuracy > $0.score.accuracy
          || (result.accuracy == $0.score.accuracy && result.loss < $0.score.loss)
      } ?? true
    let isBest = isBetter && result.notFinite == 0 && settings.keep == .best
    let snapshot = isBest ? try Snapshot(model) : nil
    history.validations.append(
      TrainingHistory.Validation(step: step, loss: result.loss, accuracy: result.accuracy))
    if let snapshot {
      best = (
        snapshot, Score(accuracy: result.accuracy, loss: result.loss), model.activeAttachments
      )
      history.bestEpoch = step / stepsPerEpoch
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
