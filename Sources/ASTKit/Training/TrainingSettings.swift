/// How a run trains. The defaults are those of the published code where it has one value.
public struct TrainingSettings: Sendable, Equatable {
  /// Which weights a finished run leaves in the model.
  public enum Keep: String, CaseIterable, Sendable, Codable {
    /// Those with the best validation accuracy, or where clips may have several classes the best
    /// mean average precision (the lower loss decides a tie).
    case best
    /// Those after the last step.
    case last
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

  /// Whether training needs the sound of its clips, beside their features.
  var changesSound: Bool { mixup > 0 || !soundChanges.isEmpty }

  /// Whether a training clip is another one each time.
  public var changesClips: Bool { augmentation != nil || changesSound }

  /// - Throws: `EngineError.setting` naming the value that makes no sense.
  public func validate() throws {
    func require(
      _ holds: Bool, _ name: String, _ expected: String, _ found: any CustomStringConvertible
    ) throws {
      if !holds {
        throw EngineError.setting(name: name, expected: expected, found: "\(found)")
      }
    }
    try require((1...100_000).contains(epochs), "epochs", "from 1 to 100000", epochs)
    try require((1...65_536).contains(batch), "batch", "from 1 to 65536", batch)
    try require((1...65_536).contains(accumulate), "accumulate", "from 1 to 65536", accumulate)
    try require(
      learningRate > 0 && learningRate <= 10, "lr", "above 0 and at most 10", learningRate)
    try require(warmup >= 0, "warmup", "0 or more steps", warmup)
    if let clip { try require(clip > 0 && clip.isFinite, "clip", "above 0", clip) }
    if let patience {
      try require((1...100_000).contains(patience), "patience", "from 1 to 100000", patience)
    }
    try require((0..<1).contains(smoothing), "smoothing", "at least 0 and below 1", smoothing)
    try require((0...1).contains(mixup), "mixup", "from 0 to 1", mixup)
    for change in soundChanges { try change.validate() }
    try weights.validate()
    let decay = optimiser.weightDecay
    try require(decay >= 0 && decay < 1, "weight_decay", "at least 0 and below 1", decay)
  }
}

extension TrainingSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    case epochs, batch, accumulate, learningRate, schedule, warmup, optimiser, clip, checkpointing
    case seed, keep, patience, augmentation, soundChanges, mixup, smoothing, weights, sampling
  }

  /// What is left out, as by an older version that did not know it, has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
      if let found = try values.decodeIfPresent(T.self, forKey: key) { value = found }
    }
    try read(.epochs, &epochs)
    try read(.batch, &batch)
    try read(.accumulate, &accumulate)
    try read(.learningRate, &learningRate)
    try read(.schedule, &schedule)
    try read(.warmup, &warmup)
    try read(.optimiser, &optimiser)
    clip = try values.decodeIfPresent(Double.self, forKey: .clip)
    try read(.checkpointing, &checkpointing)
    try read(.seed, &seed)
    try read(.keep, &keep)
    patience = try values.decodeIfPresent(Int.self, forKey: .patience)
    augmentation = try values.decodeIfPresent(SpecAugment.self, forKey: .augmentation)
    try read(.soundChanges, &soundChanges)
    try read(.mixup, &mixup)
    try read(.smoothing, &smoothing)
    try read(.weights, &weights)
    try read(.sampling, &sampling)
  }
}
