/// Seconds that each kind of work of a run takes.
struct RunCost: Equatable {
  /// A clip of a step, its frozen prefix left out where that is kept.
  var clip: Double
  /// A clip's frozen prefix.
  var prefix = 0.0
  /// What a step takes beside its clips.
  var update = 0.0
  /// A pass over the validation clips, their frozen prefix left out where that is kept.
  var validation: Double

  func seconds(_ work: RunWork) -> Double {
    func product(_ count: Int, _ seconds: Double) -> Double {
      // What is not known does not matter where there is none of it.
      count == 0 ? 0 : Double(count) * seconds
    }
    return product(work.clips, clip) + product(work.prefixes, prefix)
      + product(work.steps, update) + product(work.validations, validation)
  }
}

/// How much of each kind of work is still to come.
struct RunWork: Equatable {
  /// Clips of the steps, and clips whose frozen prefix is computed, for a step or a validation.
  var clips: Int, prefixes = 0
  var steps: Int, validations: Int
}

extension Trainer {
  /// What is to be done until `end` steps are taken, `patience` aside.
  func work(until end: Int) -> RunWork {
    let clips = batches.clips(before: end) - batches.clips(before: step)
    let ends = end / stepsPerEpoch - step / stepsPerEpoch
    let validations = valid == nil ? 0 : ends + (validationIsDue ? 1 : 0)
    return RunWork(
      clips: clips,
      prefixes: debt?.prefixes(
        clips: clips, of: train.count, validations: validations, of: valid?.count ?? 0) ?? 0,
      steps: end - step, validations: validations)
  }
}

/// How fast the steps were that somebody watched.
struct Pace {
  private var clips = 0, seconds = 0.0
  private var epoch: Int?
  /// In the epoch under way, with all that is done for them.
  private var epochClips = 0, epochSeconds = 0.0

  /// - Parameter prefix: the part of the seconds in which frozen prefixes were computed.
  mutating func note(clips: Int, seconds: Double, ofThemInPrefix prefix: Double, epoch: Int) {
    if epoch != self.epoch { (epochClips, epochSeconds) = (0, 0) }
    self.epoch = epoch
    self.clips += clips
    self.seconds += seconds - prefix
    epochClips += clips
    epochSeconds += seconds
  }

  /// Without frozen prefixes that are kept. Not a number before the first step.
  var secondsPerClip: Double { clips == 0 ? .nan : seconds / Double(clips) }

  /// In the epoch under way, all counted. Not a number before the first step.
  var clipsPerSecond: Double { epochClips == 0 ? .nan : Double(epochClips) / epochSeconds }
}
