/// Seconds that each kind of work of a run takes.
struct RunCost: Equatable {
  /// A clip of a step in the first epoch, and in later ones.
  var firstClip: Double, laterClip: Double
  /// What a step takes beside its clips.
  var update = 0.0
  /// A pass over the validation clips.
  var validation: Double

  func seconds(_ work: RunWork) -> Double {
    func product(_ count: Int, _ seconds: Double) -> Double {
      // What is not known does not matter where there is none of it.
      count == 0 ? 0 : Double(count) * seconds
    }
    return product(work.firstClips, firstClip) + product(work.laterClips, laterClip)
      + product(work.steps, update) + product(work.validations, validation)
  }
}

/// How much of each kind of work is still to come.
struct RunWork: Equatable {
  /// Clips of the steps in the first epoch, and in later ones.
  var firstClips: Int, laterClips: Int
  var steps: Int, validations: Int
}

extension Trainer {
  /// What is to be done until `end` steps are taken, `patience` aside.
  func work(until end: Int) -> RunWork {
    func clips(_ steps: Range<Int>) -> Int {
      batches.clips(before: steps.upperBound) - batches.clips(before: steps.lowerBound)
    }
    let first = clips((step..<end).clamped(to: 0..<stepsPerEpoch))
    let ends = end / stepsPerEpoch - step / stepsPerEpoch
    return RunWork(
      firstClips: first, laterClips: clips(step..<end) - first, steps: end - step,
      validations: valid == nil ? 0 : ends + (validationIsDue ? 1 : 0))
  }
}

/// How fast the steps were that somebody watched.
struct Pace {
  private struct Tally {
    var clips = 0, seconds = 0.0
    var secondsPerClip: Double { clips == 0 ? .nan : seconds / Double(clips) }
  }

  /// Later epochs may begin where the first one had to work for it.
  private var first = Tally(), later = Tally()

  mutating func note(clips: Int, seconds: Double, inFirstEpoch isFirst: Bool) {
    func add(_ tally: inout Tally) {
      tally.clips += clips
      tally.seconds += seconds
    }
    if isFirst { add(&first) } else { add(&later) }
  }

  /// Not a number before the first step; of the later epochs as soon as these are reached.
  var clipsPerSecond: Double { 1 / (later.clips > 0 ? later : first).secondsPerClip }

  /// - Parameter validation: seconds of a validation, from those of a clip in a later step.
  func cost(validation: (_ secondsPerClip: Double) -> Double) -> RunCost {
    let laterClip = (later.clips > 0 ? later : first).secondsPerClip
    return RunCost(
      firstClip: (first.clips > 0 ? first : later).secondsPerClip, laterClip: laterClip,
      validation: validation(laterClip))
  }
}
