/// What a step is made of: clips, changed as the run asks for, and what they are to be taken for.
extension Trainer {
  /// What makes the parts of a step over these clips.
  func parts(of batch: ArraySlice<Int>) throws -> [TrainingStep.Fill] {
    // Each time: what is attached between two steps may bring another head.
    let match = try model.check(fits: train)
    let pass = prefixPass, classes = model.classes.count
    return batches.parts(of: batch).map { [batches, settings, sounds, train] part in
      { random in
        if let sounds {
          let changed = ChangedClips(part, of: train, settings, &random)
          let (input, lengths) = try changed.input(sounds, train.settings)
          try settings.augmentation?.apply(to: input, random: &random)
          return TrainingStep.Part(
            .input(input), try changed.targets(of: train, match, classes), lengths: lengths)
        }
        let targets = try Self.targets(batches.labelSets(part), of: train, match, classes)
        let lengths = batches.lengths(part)
        if let pass {
          return TrainingStep.Part(try pass.start(of: part), targets, lengths: lengths)
        }
        let input = try batches.input(part)
        try settings.augmentation?.apply(to: input, random: &random)
        return TrainingStep.Part(.input(input), targets, lengths: lengths)
      }
    }
  }

  /// A step with the settings of the run.
  /// - Throws: `EngineError` for classes that do not fit.
  func trainingStep() throws -> TrainingStep {
    var step = TrainingStep(model, optimiser)
    step.clip = settings.clip
    step.recomputes = settings.checkpointing
    step.loss.smoothing = settings.smoothing
    if let weights = classWeights {
      let match = try model.check(fits: train)
      var all = [Float](repeating: 1, count: model.classes.count)
      for (index, weight) in zip(match.indices, weights) { all[index] = Float(weight) }
      step.loss.weights = all
    }
    return step
  }

  /// - Parameters:
  ///   - labels: the classes of each clip, as the data numbers them.
  ///   - classes: of the head.
  static func targets(
    _ labels: [[Int]], of view: DatasetView, _ match: ClassMatch, _ classes: Int
  ) throws -> TrainingTargets {
    let labels = labels.map { $0.map { match.indices[$0] } }
    return view.hasSeveralLabels
      ? .several(try TrainingTargets.matrix(labels, classes: classes))
      : .classes(labels.compactMap(\.first))
  }
}

extension ChangedClips {
  /// What the clips are to be taken for, mixed as they are.
  /// - Throws: `EngineError.memory`
  func targets(
    of view: DatasetView, _ match: ClassMatch, _ classes: Int
  ) throws -> TrainingTargets {
    let clips = view.dataset.clips
    guard !view.hasSeveralLabels, plans.contains(where: { $0.partner != nil }) else {
      let joined = plans.map { plan in
        let labels = Set(clips[plan.clip].labels)
        guard view.hasSeveralLabels, let other = plan.partner?.clip else { return labels.sorted() }
        return labels.union(clips[other].labels).sorted()
      }
      return try Trainer.targets(joined, of: view, match, classes)
    }
    let matrix = try Tensor([plans.count, classes])
    for (row, plan) in plans.enumerated() {
      func add(_ share: Double, _ clip: Int) {
        let place = row * classes + match.indices[clips[clip].label]
        matrix.pointer[place] = min(1, matrix.pointer[place] + Float(share))
      }
      add(plan.partner?.share ?? 1, plan.clip)
      if let (other, share) = plan.partner { add(1 - share, other) }
    }
    return .mixed(matrix)
  }
}
