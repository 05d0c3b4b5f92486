/// Training clips whose sound is changed, drawn and then made.
struct ChangedClips {
  /// What was drawn for a clip.
  struct Plan: Equatable {
    /// Index into the data set's clips.
    let clip: Int
    /// The clip it is mixed with, and the share of itself.
    var partner: (clip: Int, share: Double)?
    var changes: [SoundChange.Drawn] = []

    static func == (a: Plan, b: Plan) -> Bool {
      a.clip == b.clip && a.partner?.clip == b.partner?.clip
        && a.partner?.share == b.partner?.share && a.changes == b.changes
    }
  }

  let plans: [Plan]

  /// Draws for each clip, one after the other: whether it is mixed, with what, and all changes.
  init(
    _ clips: some Collection<Int>, of view: DatasetView, _ settings: TrainingSettings,
    _ random: inout RandomSource
  ) {
    plans = clips.map { clip in
      var plan = Plan(clip: clip)
      if settings.mixup > 0, random.uniform() < settings.mixup, view.count > 0 {
        plan.partner = (view.indices[random.below(view.count)], Mixup.share(&random))
      }
      plan.changes = settings.soundChanges.map { $0.draw(&random) }
      return plan
    }
  }

  /// The features, `[clips, frames, mels]` or `[clips, samples]`, and how many rows of each are sound.
  /// - Throws: `DatasetError`, `AudioError`, `EngineError.memory`
  func input(
    _ sounds: ClipSounds, _ settings: FeatureSettings
  ) throws -> (input: Tensor, lengths: [Int]) {
    let input = try Tensor(uninitialized: [plans.count] + settings.shape)
    let size = settings.shape.reduce(1, *)
    var rows = [Result<Int, any Error>?](repeating: nil, count: plans.count)
    rows.withUnsafeMutableBufferPointer { rows in
      nonisolated(unsafe) let (rows, target) = (rows, input.pointer)
      Threads.forEach(plans.count) { row in
        rows[row] = Result {
          try sounds.write(
            sound(plans[row], sounds, settings.sampleRate), to: target + row * size)
        }
      }
    }
    return (input, try rows.compactMap { try $0?.get() })
  }

  /// Mixed first, so that all that follows is done to what is heard.
  private func sound(_ plan: Plan, _ sounds: ClipSounds, _ rate: Int) throws -> Waveform {
    var wave = try sounds.waveform(of: plan.clip)
    if let (clip, share) = plan.partner {
      wave.samples.mix(with: try sounds.waveform(of: clip).samples, share: share)
    }
    for change in plan.changes {
      switch change {
      case .gain(let decibels): wave.samples.amplify(decibels: decibels)
      case .shift(let seconds):
        wave.samples.shift(by: Int(clamped: (seconds * Double(rate)).rounded()))
      case .noise(let file, let place, let decibels):
        wave.samples.add(noise: try sounds.noise(file), place: place, decibels: decibels)
      }
    }
    return wave
  }
}
