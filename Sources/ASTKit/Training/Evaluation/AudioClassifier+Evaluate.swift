extension AudioClassifier {
  /// Runs the model over clips without changing it.
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
    var labels: [Int] = []
    var allLogits: [[Float]] = []
    var total = 0.0
    let batches = try Batches(inOrder: view, size: batch)
    let pass = prefix(batches)
    for indices in batches.epoch(0) {
      try interrupt?.check()
      let start = try pass?.start(of: indices) ?? .input(batches.input(indices))
      let expected = batches.labels(indices).map { match.indices[$0] }
      let tape = Tape(.inference, recording: false, interrupt: interrupt)
      let logits = try forward(from: start, lengths: batches.lengths(indices), tape)
      let loss = try tape.crossEntropy(logits, labels: expected)
      total += Double(loss.pointer[0]) * Double(expected.count)
      predictions += AudioClassifier.predictions(logits)
      labels += expected
      let values = logits.values
      allLogits += (0..<logits.rows).map {
        Array(values[($0 * logits.columns)..<(($0 + 1) * logits.columns)])
      }
      progress(labels.count, view.count)
    }
    return Evaluation(
      loss: total / Double(labels.count), classes: classes, labels: labels,
      predictions: predictions, logits: allLogits,
      names: view.clips.map(\.name))
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
