/// How a run trains. The defaults are those of the published code where it has one value.
public struct TrainingSettings: Sendable, Equatable {
  /// Which weights a finished run leaves in the model.
  public enum Keep: String, CaseIterable, Sendable, Codable, SettingChoice {
    /// Those with the best validation accuracy, or where clips may have several classes the best
    /// mean average precision (the lower loss decides a tie).
    case best
    /// Those after the last step.
    case last
  }

  /// What AdamW's weight decay acts on.
  public enum Decay: String, CaseIterable, Sendable, Codable, SettingChoice {
    /// All trained parameters, as in the published code.
    case all
    /// Weights without biases and norms.
    case weights
  }

  /// Passes over the training clips.
  public var epochs = 10
  /// Clips that go through the model at once.
  public var batch = 32
  /// Batches in a step: it takes `accumulate · batch` clips, with the result of the larger batch
  /// to rounding where nothing looks at a batch as a whole, as batch norm does.
  public var accumulate = 1
  /// Peak learning rate.
  public var learningRate = 5e-3
  public var schedule = Schedule.cosine
  /// Steps over which the rate rises first.
  public var warmup = 0
  public var optimiser = AdamW.Settings()
  /// The largest norm of all gradients together; longer ones are scaled down to it.
  public var clip: Double?
  /// Whether activations are computed again in the backward pass instead of being kept: less
  /// memory, more time, the same bytes.
  public var checkpointing = false
  /// Fixes shuffling, augmentation and dropout.
  public var seed = 0
  public var keep = Keep.best
  /// Trains as the published code does where that departs from the papers: the last weights stay,
  /// whatever `keep` says, and the loss of an epoch is the mean over its batches.
  public var published = false
  /// Epochs in a row without a better validation after which the run is over.
  public var patience: Int?
  /// Masks in time and frequency on training clips, or none.
  public var augmentation: SpecAugment?
  /// What is done to the sound of training clips, in this order.
  public var soundChanges: [SoundChange] = []
  /// The probability with which the sound of a training clip is mixed with that of another, see
  /// `Mixup`.
  public var mixup = 0.0
  /// ε of label smoothing, see `TrainingLoss`.
  public var smoothing = 0.0
  /// What the classes count in the loss.
  public var weights = ClassWeights.equal
  /// Which clips an epoch has.
  public var sampling = Sampling.all

  public init() {}

  /// What the weight decay of `optimiser` acts on.
  public var decay: Decay {
    get { optimiser.decaysAll ? .all : .weights }
    set { optimiser.decaysAll = newValue == .all }
  }

  /// Which weights a finished run does leave.
  var kept: Keep { published ? .last : keep }

  /// Whether training needs the sound of its clips, beside their features.
  var changesSound: Bool { mixup > 0 || !soundChanges.isEmpty }

  /// Whether a training clip is another one each time.
  public var changesClips: Bool { augmentation != nil || changesSound }

  /// - Throws: `EngineError.setting` or `.choice` naming the value that makes no sense.
  public func validate() throws {
    try checkSettings()
    for change in soundChanges { try change.validate() }
    try weights.validate()
  }
}

/// Adding a setting: a property above and a line here.
extension TrainingSettings: Configurable {
  public static let defaults = TrainingSettings()
  public static let declarations = [
    SettingOf<TrainingSettings>(
      "epochs", "passes over the clips", \.epochs, bounds: .between(1...100_000)),
    SettingOf(
      "batch", "clips at once, and a step unless 'accumulate' has more", \.batch,
      bounds: .between(1...65_536)),
    SettingOf(
      "accumulate",
      "batches a step, as one batch of all their clips; but BatchNorm sees each by itself",
      \.accumulate, bounds: .between(1...65_536)),
    SettingOf("lr", "peak learning rate", \.learningRate, bounds: .above(0, atMost: 10)),
    SettingOf("schedule", "how the rate falls over the steps", \.schedule),
    SettingOf(
      "warmup", "steps over which the rate rises first", \.warmup, bounds: .atLeast(0)),
    SettingOf(
      "weight_decay", "decoupled weight decay", \.optimiser.weightDecay, bounds: .between(0..<1)),
    SettingOf(
      "decay", "what decays: all trained parameters, or weights without biases and norms",
      \.decay),
    SettingOf(
      "clip", "largest norm of all gradients together; longer ones are scaled down", \.clip,
      bounds: .above(0)),
    SettingOf(
      "checkpointing", "computes activations again instead of keeping them: less memory, slower",
      \.checkpointing),
    SettingOf(
      "mixup", "how likely a clip's sound is mixed with another's, by a share from Beta(10, 10)",
      \.mixup, bounds: .between(0...1)),
    SettingOf(
      "smoothing", "the part of a target that is spread over all classes", \.smoothing,
      bounds: .between(0..<1)),
    SettingOf(
      "sampling",
      "all clips once an epoch, or as many drawn so that classes are equally frequent",
      \.sampling),
    SettingOf(
      "keep", "weights a finished run leaves: the best on valid (accuracy, or mAP), or the last",
      \.keep),
    SettingOf(
      "patience", "stops after so many epochs without a better validation", \.patience,
      bounds: .between(1...100_000)),
    SettingOf(
      "published", "as the published code: the last weights stay, an epoch's loss is over batches",
      \.published),
    SettingOf("seed", "fixes shuffling, augmentation and dropout", \.seed),
  ]
}

extension TrainingSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    /// What no setting says: AdamW's other numbers, changes of clips, weights of classes.
    case optimiser, augmentation, soundChanges, weights
    /// As `lr` was called in older checkpoints.
    case learningRate
  }

  /// What is left out, as by an older version that did not know it, has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let found = try values.decodeIfPresent(AdamW.Settings.self, forKey: .optimiser) {
      optimiser = found
    }
    if let found = try values.decodeIfPresent(Double.self, forKey: .learningRate) {
      learningRate = found
    }
    augmentation = try values.decodeIfPresent(SpecAugment.self, forKey: .augmentation)
    if let found = try values.decodeIfPresent([SoundChange].self, forKey: .soundChanges) {
      soundChanges = found
    }
    if let found = try values.decodeIfPresent(ClassWeights.self, forKey: .weights) {
      weights = found
    }
    try decodeSettings(from: decoder)
  }

  /// Writes the settings under the names of their declarations.
  public func encode(to encoder: any Encoder) throws {
    try encodeSettings(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(optimiser, forKey: .optimiser)
    try values.encodeIfPresent(augmentation, forKey: .augmentation)
    if !soundChanges.isEmpty { try values.encode(soundChanges, forKey: .soundChanges) }
    try values.encode(weights, forKey: .weights)
  }
}
