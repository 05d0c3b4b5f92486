/// The curves of a run in a checkpoint: to the bit, and as tensors, since a long run has more of
/// them than a header can hold.
extension TrainingHistory {
  private enum Key {
    static let losses = "history/losses", accuracies = "history/accuracies"
    static let clips = "history/clips", learningRates = "history/rates"
    static let validations = "history/validations"
    static let eventSteps = "history/events/steps", eventTexts = "history/events/texts"
  }

  func add(to items: inout CheckpointItems) {
    func add(_ key: String, _ values: [Double]) {
      items.add(key, .doubles(values, shape: [values.count]))
    }
    func add(_ key: String, _ values: [Int]) {
      items.add(key, .integers(values.map(Int64.init), shape: [values.count]))
    }
    add(Key.losses, losses)
    add(Key.accuracies, accuracies)
    add(Key.clips, clips)
    add(Key.learningRates, learningRates)
    // Step, loss and accuracy of each.
    add(Key.validations, validations.flatMap { [Double($0.step), $0.loss, $0.accuracy] })
    add(Key.eventSteps, events.map(\.step))
    items.add(Key.eventTexts, texts: events.map(\.what))
  }

  /// - Throws: `CheckpointError.damaged` unless it is the history of so many steps, and as
  ///   `Safetensors.elements`.
  init(_ source: CheckpointTensors, steps: Int) throws {
    self.init()
    losses = try source.doubles(Key.losses)
    accuracies = try source.doubles(Key.accuracies)
    clips = try source.integers64(Key.clips).map { Int(clamping: $0) }
    learningRates = try source.doubles(Key.learningRates)
    let counts = [losses.count, accuracies.count, clips.count, learningRates.count]
    guard counts.allSatisfy({ $0 == steps }), clips.allSatisfy({ (1...1 << 32).contains($0) })
    else { throw source.damaged("its curves are not those of \(steps) steps") }
    let validations = try source.doubles(Key.validations)
    self.validations = stride(from: 0, to: validations.count - 2, by: 3).map {
      Validation(
        step: Int(clamped: validations[$0]), loss: validations[$0 + 1],
        accuracy: validations[$0 + 2])
    }
    let words = try source.texts(Key.eventTexts)
    let places = try source.integers64(Key.eventSteps).map { Int(clamping: $0) }
    events = zip(places, words).map(Event.init)
    let known = 0...steps
    guard words.count == places.count, validations.count % 3 == 0,
      (places + self.validations.map(\.step)).allSatisfy(known.contains)
    else { throw source.damaged("its history is not that of \(steps) steps") }
  }
}
