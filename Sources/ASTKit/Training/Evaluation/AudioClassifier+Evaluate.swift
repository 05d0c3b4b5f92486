extension AudioClassifier {
  /// Runs the model over clips without changing it. Nothing is done to them that training does to
  /// its clips: they are as they were loaded.
  ///
  /// Clips that may have several classes are measured at the model's thresholds, or at 0.5.
  ///
  /// - Parameters:
  ///   - batch: clips at a time; the result does not depend on it beyond rounding.
  ///   - cache: has what the frozen prefix gave for these clips before, if it did; keeps it
  ///     where there is room.
  ///   - interrupt: polled between batches.
  ///   - progress: told (done, total) clips.
  /// - Throws: `EngineError.classes` or `.refused` for clips that do not fit the model,
  ///   `.interrupted`, and what a forward pass throws.
  public func evaluate(
    _ view: DatasetView, batch: Int = 32, cache: PrefixCache = .shared,
    interrupt: InterruptFlag? = nil,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    try evaluate(view, batch: batch, interrupt: interrupt, progress: progress) {
      PrefixPass(self, $0, cache, makesRoom: false, interrupt: interrupt)
    }
  }

  /// The same, with a pass through the frozen prefix for the batches, if there is one.
  func evaluate(
    _ view: DatasetView, batch: Int, interrupt: InterruptFlag?,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    prefix: (Batches) -> PrefixPass?
  ) throws -> Evaluation {
    let match = try check(fits: view)
    try requireMemory(batch: min(batch, view.count), of: view.settings.shape, training: false)
    guard view.count > 0 else { throw EngineError.refused("'\(view.name)' has no clips") }
    var predictions: [Int] = []
    var labels: [[Int]] = []
    var allLogits: [[Float]] = []
    var total = 0.0
    let batches = try Batches(inOrder: view, size: batch)
    let pass = prefix(batches)
    for indices in batches.epoch(0) {
      try interrupt?.check()
      let start = try pass?.start(of: indices) ?? .input(batches.input(indices))
      let expected = batches.labelSets(indices).map { $0.map { match.indices[$0] }.sorted() }
      let tape = Tape(.inference, recording: false, interrupt: interrupt)
      let logits = try forward(from: start, lengths: batches.lengths(indices), tape)
      let loss =
        view.hasSeveralLabels
        ? try tape.binaryCrossEntropy(
          logits, targets: TrainingTargets.matrix(expected, classes: logits.columns))
        : try tape.crossEntropy(logits, labels: expected.compactMap(\.first))
      total += Double(loss.pointer[0]) * Double(expected.count)
      predictions += AudioClassifier.predictions(logits)
      labels += expected
      let values = logits.values
      allLogits += (0..<logits.rows).map {
        Array(values[($0 * logits.columns)..<(($0 + 1) * logits.columns)])
      }
      progress(labels.count, view.count)
    }
    let loss = total / Double(labels.count), names = view.clips.map(\.name)
    guard view.hasSeveralLabels else {
      return Evaluation(
        loss: loss, classes: classes, labels: labels.compactMap(\.first), predictions: predictions,
        logits: allLogits, names: names)
    }
    return Evaluation(
      loss: loss, classes: classes, labelSets: labels, thresholds: thresholdsInForce,
      logits: allLogits, names: names)
  }

  /// The most likely class of each row of logits `[batch, classes]`.
  static func predictions(_ logits: Tensor) -> [Int] {
    let classes = logits.columns
    return (0..<logits.rows).map { row in
      let p = logits.pointer + row * classes
      return (0..<classes).max { p[$0] < p[$1] } ?? 0
    }
  }
}
