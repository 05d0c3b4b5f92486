/// One optimiser step of a model, in phases: fill, forward, backward, reduce, check, update.
///
/// Nothing of the model changes before the update, and the update happens in full or not at all.
package struct TrainingStep {
  /// Clips that go through the model at once; a step may have several such parts.
  package struct Part {
    let start: WalkStart
    let targets: TrainingTargets
    /// Frames or samples of each clip that are no padding [batch].
    let lengths: [Int]?

    package init(_ start: WalkStart, _ targets: TrainingTargets, lengths: [Int]? = nil) {
      (self.start, self.targets, self.lengths) = (start, targets, lengths)
    }

    /// Clips of a class each, `labels` being the head's indices of these [batch].
    package init(_ start: WalkStart, labels: [Int], lengths: [Int]? = nil) {
      self.init(start, .classes(labels), lengths: lengths)
    }
  }

  /// Makes a part; it may draw from the step's random numbers, as for augmentation.
  package typealias Fill = (inout RandomSource) throws -> Part

  /// What a step measured, before its update.
  package struct Outcome {
    /// Mean over the clips.
    package var loss = 0.0
    /// What the logits said of the clips.
    package var decisions = Decisions()
    /// The logits of the last part `[batch, classes]`.
    package var logits: Tensor?
    fileprivate(set) var effects: [any Effect] = []
  }

  /// A number that is not finite; nothing was updated.
  struct NotFinite: Error {
    let what: String
  }

  private let model: AudioClassifier
  private let optimiser: AdamW
  /// The largest norm of all gradients together; longer ones are scaled down to it.
  package var clip: Double?
  /// What is lowered.
  package var loss = TrainingLoss()
  /// Whether activations are computed again in the backward pass instead of being kept.
  package var recomputes = false

  package init(_ model: AudioClassifier, _ optimiser: AdamW = AdamW()) {
    (self.model, self.optimiser) = (model, optimiser)
  }

  /// Takes the step.
  ///
  /// - Parameters:
  ///   - parts: the clips in one part or several, with the same result to rounding.
  ///   - clips: how many clips these are in all.
  ///   - rate: the learning rate of a parameter.
  ///   - isLast: whether no later step would notice weights that are not finite.
  ///   - watch: shown what was measured, with the gradients in place and the update to come.
  ///   - accept: called with the update made, while nobody else can look at the model.
  /// - Throws: `NotFinite`; `EngineError`, `FileError.changed`. The model is as before, but for
  ///   weights that an update made not finite in the last step.
  @discardableResult
  package func take(
    _ parts: [Fill], clips: Int, random: RandomSource = RandomSource(seed: 0),
    rate: (Parameter) -> Double, isLast: Bool = false,
    watch: (Outcome) throws -> Void = { _ in }, accept: (Outcome) -> Void = { _ in }
  ) throws -> Outcome {
    let trainable = model.trainableParameters
    // What the step changes, before it is known whether it is any good. Copied before the files
    // are looked at, so that no copy has values that the file has only now.
    let copies = try WorkingCopies(of: trainable.filter(\.value.storage.isBorrowed))
    for parameter in trainable { parameter.clearGradient() }
    defer { for parameter in trainable { parameter.clearGradient() } }
    do {
      let outcome = try gradients(of: parts, clips: clips, random: random)
      // The gradients too were computed with the files' pages.
      try model.requireUnchangedFiles()
      try reduce(trainable)
      let pending = try PendingValues(outcome.effects)
      try check(outcome, trainable, pending)
      try watch(outcome)
      try model.change {
        try optimiser.step(trainable, learningRate: rate)
        pending.commit()
        // No later step computes with these: look at them now.
        if isLast, let bad = trainable.first(where: { !$0.value.isFinite }) {
          throw NotFinite(what: "'\(bad.name)'")
        }
        accept(outcome)
      }
      return outcome
    } catch {
      copies.undo()
      throw error
    }
  }

  /// Does what a step does and makes its update to copies, so that nothing changes.
  ///
  /// - Returns: the seconds up to the gradients of the clips, and those of the rest.
  /// - Throws: as `take`, and `EngineError.interrupted`.
  func rehearse(
    _ part: @escaping Fill, clips: Int, interrupt: InterruptFlag?
  ) throws -> (clips: Double, rest: Double) {
    let trainable = model.trainableParameters
    for parameter in trainable { parameter.clearGradient() }
    defer { for parameter in trainable { parameter.clearGradient() } }
    let started = SteadyClock.now
    let outcome = try gradients(
      of: [part], clips: clips, random: RandomSource(seed: 0), interrupt: interrupt)
    let middle = SteadyClock.now
    try reduce(trainable)
    try check(outcome, trainable, PendingValues(outcome.effects))
    // One after the other: all copies at once would need more memory than the step.
    for parameter in trainable where parameter.gradient != nil {
      let copy = Parameter(parameter.name, try parameter.value.copy())
      copy.isTrainable = true
      copy.value.gradientSlot?.value = parameter.gradient
      try AdamW(optimiser.settings).step([copy]) { _ in 0 }
    }
    return (middle - started, SteadyClock.now - middle)
  }

  /// The phases up to the gradients, which are left in the parameters.
  package func gradients(
    of parts: [Fill], clips: Int, random: RandomSource, interrupt: InterruptFlag? = nil
  ) throws -> Outcome {
    var outcome = Outcome(), stream = random, weight = 0.0
    for (index, fill) in parts.enumerated() {
      let part = try fill(&stream)
      let tape = Tape(
        .training, random: index == 0 ? stream : stream.fork("part \(index)"),
        interrupt: interrupt)
      let logits = try model.forward(
        from: part.start, lengths: part.lengths, recomputes: recomputes, tape)
      let (loss, own) = try self.loss(logits, part.targets, tape)
      let share = parts.count == 1 ? 1 : own / Double(clips)
      weight += own
      if loss.gradientSlot != nil {
        try tape.backward(
          from: loss, seed: share == 1 ? nil : Tensor(loss.shape, filledWith: Float(share)))
      }
      outcome.loss += share * Double(loss.pointer[0])
      outcome.decisions.add(logits, part.targets)
      outcome.logits = logits
      outcome.effects += tape.effects
    }
    // Classes that count differently make the mean one over what all parts weigh.
    if parts.count > 1, weight != Double(clips), weight > 0 {
      let factor = Double(clips) / weight
      for parameter in model.trainableParameters {
        try parameter.scaleGradient(by: Float(factor))
      }
      outcome.loss *= factor
    }
    return outcome
  }

  /// What is done to the gradients of all parts together.
  private func reduce(_ trainable: [Parameter]) throws {
    guard let clip else { return }
    let norm = GradientNorm.of(trainable)
    // As PyTorch's `clip_grad_norm_`.
    let factor = clip / (norm + 1e-6)
    guard factor < 1 else { return }
    for parameter in trainable { try parameter.scaleGradient(by: Float(factor)) }
  }

  private func check(
    _ outcome: Outcome, _ trainable: [Parameter], _ pending: PendingValues
  ) throws {
    guard outcome.loss.isFinite else { throw NotFinite(what: "the loss") }
    guard trainable.contains(where: { $0.gradient != nil }) else {
      throw EngineError.refused("nothing is trainable, so there is no gradient to compute")
    }
    if let bad = trainable.first(where: { $0.gradient?.isFinite == false }) {
      throw NotFinite(what: "the gradient of '\(bad.name)'")
    }
    if let bad = pending.firstNotFinite { throw NotFinite(what: "'\(bad.name)'") }
  }
}
