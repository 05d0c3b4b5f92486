/// What a run measured: curves by step, validation by epoch.
public struct TrainingHistory: Sendable {
  /// Result of a pass over the validation clips after `step` steps.
  public struct Validation: Sendable, Equatable {
    public let step: Int
    /// The accuracy is the mean average precision where clips may have several classes.
    public let loss: Double, accuracy: Double
  }

  /// Of each step's batch, before its update.
  public var losses: [Double] = []
  /// The share of right clips; where clips may have several classes, the F1 of all decisions at a
  /// probability of 0.5 together.
  public var accuracies: [Double] = []
  /// Clips of each step's batch: the last of an epoch may have fewer.
  public var clips: [Int] = []
  /// The rate each step used.
  public var learningRates: [Double] = []
  public var validations: [Validation] = []
  /// The epoch (from 1) whose weights are kept as the best.
  public var bestEpoch: Int?
  /// A setting changed in mid-run.
  public struct Event: Sendable, Equatable {
    /// Steps done by then.
    public let step: Int
    /// In words, such as `lr = 0.001`.
    public let what: String
  }

  /// Changes of mind, marked in the curves.
  public var events: [Event] = []

  /// Mean loss and accuracy over the clips of some steps (from 0), as far as they are done:
  /// every clip counts alike, whatever the size of its batch. NaN where no step is done.
  ///
  /// - Parameter published: the loss as the mean over batches, as in the published code, where the
  ///   clips of a short last batch count more.
  public func means(
    over steps: Range<Int>, published: Bool = false
  ) -> (loss: Double, accuracy: Double) {
    let steps = steps.clamped(to: losses.indices)
    let total = Double(clips[steps].reduce(0, +))
    func mean(_ values: [Double]) -> Double {
      steps.reduce(0) { $0 + values[$1] * Double(clips[$1]) } / total
    }
    let loss =
      published ? losses[steps].reduce(0, +) / Double(steps.count) : mean(losses)
    return (loss, mean(accuracies))
  }
}

/// Where a run is, for a line of progress.
public struct TrainingProgress: Sendable {
  /// The present epoch (from 1) and how many there are.
  public let epoch: Int, epochs: Int
  public let step: Int, totalSteps: Int
  /// Means over the epoch so far.
  public let loss: Double, accuracy: Double
  /// Not a number before the first step.
  public let clipsPerSecond: Double
  /// Estimated seconds to the end of the steps asked for, validations included.
  public let secondsLeft: Double
  /// Bytes of memory that the process takes; `nil` where the system does not say.
  public let memory: Int?
  /// The validation that was just done, if any.
  public let validation: TrainingHistory.Validation?
}
