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

  /// What the frozen prefix gave for the clips.
  let cache: PrefixCache
  let prefixWork = PrefixPass.Work()
  /// What is still to be computed of it, as far as the run under way knows.
  var debt: PrefixDebt?

  let optimiser: AdamW
  let batches: Batches
  /// What the classes of the data count in the loss; `nil`: all alike.
  let classWeights: [Double]?
  /// Where the clips' sound comes from, if it is changed.
  let sounds: ClipSounds?
  let random: RandomSource
  var order: (epoch: Int, batches: [ArraySlice<Int>])?
  /// Weights that gave a finite loss.
  var lastGood: Snapshot?
  var best: Best?
  /// Validations in a row that were no better than `best`.
  var waited = 0
  var validationIsDue = false
  /// Seconds that the last validation took, if there was one since the run was made or resumed.
  var validationSeconds: Double?

  /// - Parameter cache: where the results of the frozen prefix are kept.
  /// - Throws: `EngineError` or `DatasetError` naming what does not fit together.
  public convenience init(
    _ model: AudioClassifier, train: DatasetView, valid: DatasetView? = nil,
    _ settings: TrainingSettings = TrainingSettings(), cache: PrefixCache = .shared
  ) throws {
    try settings.validate()
    try model.check(fits: train)
    if let valid { try model.check(fits: valid) }
    guard !model.trainableParameters.isEmpty else {
      throw EngineError.refused(
        "nothing in the model is trainable: attach a method, or unfreeze what should learn")
    }
    try self.init(unchecked: model, train: train, valid: valid, settings, cache: cache)
  }

  /// A run of a model that need not fit the clips or train anything now, since both may change
  /// between two steps and each step asks.
  /// - Throws: `EngineError` or `DatasetError` for settings and clips of which no run can be.
  init(
    unchecked model: AudioClassifier, train: DatasetView, valid: DatasetView?,
    _ settings: TrainingSettings, cache: PrefixCache = .shared
  ) throws {
    try settings.validate()
    if settings.patience != nil, valid == nil {
      throw EngineError.refused(
        "'patience' counts epochs without a better validation, and the run has no clips to "
          + "validate on ('valid')")
    }
    try model.requireMemory(
      batch: min(settings.batch, train.count), of: train.settings.shape, training: true,
      recomputes: settings.checkpointing)
    if settings.augmentation != nil, train.settings.kind != .logMel {
      throw EngineError.refused("SpecAugment masks spectrograms, and the data has waveforms")
    }
    if let valid, valid.hasSeveralLabels != train.hasSeveralLabels {
      func clips(_ view: DatasetView) -> String {
        "'\(view.name)' may have " + (view.hasSeveralLabels ? "several classes" : "one class")
      }
      throw EngineError.refused("a clip of \(clips(train)), and one of \(clips(valid))")
    }
    classWeights = try settings.weights.values(for: train)
    sounds = settings.changesSound ? try ClipSounds(train) : nil
    self.model = model
    self.train = train
    self.valid = valid
    self.settings = settings
    self.cache = cache
    learningRate = settings.learningRate
    let seed = UInt64(bitPattern: Int64(settings.seed))
    batches = try Batches(
      train, size: settings.batch, parts: settings.accumulate, seed: seed,
      sampling: settings.sampling)
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
  public var isFinished: Bool { (step >= totalSteps || isStoppedEarly) && !validationIsDue }
  /// Whether `patience` ended the run before its last step.
  public var isStoppedEarly: Bool {
    step < totalSteps && settings.patience.map { waited >= $0 } ?? false
  }
  /// Why the run was over before its last step, in words; `nil` where it was not.
  public var reasonOfEarlyStop: String? {
    isStoppedEarly ? "stopped: no better for \(waited) epoch\(waited == 1 ? "" : "s")" : nil
  }

  /// Whether the run is over and has left thresholds in the model, see `Thresholds`.
  public var hasChosenThresholds: Bool {
    isFinished && train.hasSeveralLabels && valid != nil && model.thresholds != nil
  }

  /// Means over the epoch so far, or over the last one where none is begun.
  public var epochMeans: (loss: Double, accuracy: Double) {
    let first = (max(1, step) - 1) / stepsPerEpoch * stepsPerEpoch
    return history.means(
      over: first..<(first + stepsPerEpoch), published: settings.published)
  }

  var scheduleFactor: Double {
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
}
