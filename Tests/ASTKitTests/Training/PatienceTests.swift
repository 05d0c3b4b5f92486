import TestSupport
import Testing

@testable import ASTKit

/// A run that gets no better ends by itself, with the weights that were the best.
struct PatienceTests {
  private let clips: DatasetView

  init() throws { clips = try TinyData.load() }

  private func trainer(
    patience: Int?, keep: TrainingSettings.Keep = .best, seed: Int = 0, rate: Double = 0.2
  ) throws -> Trainer {
    let net = try TinyModel.classifier()
    try net.attach("lora", ["rank": .number(2)])
    var settings = TinyRun.settings(epochs: 10, batch: 5, rate: rate)
    (settings.schedule, settings.keep, settings.seed) = (.constant, keep, seed)
    settings.patience = patience
    return try Trainer(net, train: clips, valid: clips, settings)
  }

  /// The epoch after which the rule says stop, from validations of a run without it.
  private func end(_ validations: [TrainingHistory.Validation], patience: Int) -> Int {
    var (best, waited) = (validations[0], 0)
    for (index, now) in validations.enumerated().dropFirst() {
      let isBetter =
        now.accuracy > best.accuracy || (now.accuracy == best.accuracy && now.loss < best.loss)
      if isBetter { (best, waited) = (now, 0) } else { waited += 1 }
      if waited == patience { return index + 1 }
    }
    return validations.count
  }

  @Test(arguments: 0..<4) func stopsWhereTheRuleSays(seed: Int) throws {
    let whole = try trainer(patience: nil, seed: seed)
    try whole.advance()
    for patience in 1...3 {
      let wanted = end(whole.history.validations, patience: patience)
      let run = try trainer(patience: patience, seed: seed)
      try run.advance()
      #expect(run.isFinished && run.epoch == wanted, "patience \(patience)")
      #expect(run.history.validations == Array(whole.history.validations.prefix(wanted)))
      #expect(run.isStoppedEarly == (wanted < 10))
      guard wanted < 10 else { continue }
      let words = "stopped: no better for \(patience) epoch\(patience == 1 ? "" : "s")"
      #expect(run.reasonOfEarlyStop == words)
      #expect(run.history.events == [.init(step: run.step, what: words)])
    }
  }

  @Test(arguments: TrainingSettings.Keep.allCases)
  func leavesTheWeightsThatAreAskedFor(_ keep: TrainingSettings.Keep) throws {
    let run = try trainer(patience: 2, keep: keep, rate: 1e-3)
    var byEpoch: [[String: [Float]]] = []
    func note(_ progress: TrainingProgress) {
      // Before the validation, which puts the best ones back.
      guard progress.validation == nil, progress.step % run.stepsPerEpoch == 0 else { return }
      byEpoch.append(run.model.allValues)
    }
    try run.advance(by: 2 * run.stepsPerEpoch, report: note)
    // Far worse from now on.
    try run.setLearningRate(10)
    try run.advance(report: note)
    #expect(run.isStoppedEarly && run.epoch == byEpoch.count)
    #expect((run.history.bestEpoch != nil) == (keep == .best))
    let wanted = byEpoch[(run.history.bestEpoch ?? byEpoch.count) - 1]
    #expect(run.model.allValues == wanted)
    // It is over.
    #expect(try !run.advance())
    #expect(run.epoch == byEpoch.count && run.model.allValues == wanted)
  }

  /// Validations of another model say nothing about this one.
  @Test func anotherModelIsGivenItsOwnTime() throws {
    let run = try trainer(patience: 3, rate: 1e-30)
    try run.advance(by: 3 * run.stepsPerEpoch)
    #expect(run.waited == 2 && !run.isFinished)
    try run.model.attach("bottleneck", ["rate": .number(4)])
    try run.advance()
    #expect(run.isStoppedEarly && run.epoch == 3 + 1 + 3)
  }

  @Test func nonsenseIsRefused() throws {
    for patience in [0, -1, 100_001] {
      #expect(throws: EngineError.self) { try trainer(patience: patience) }
    }
    var settings = TinyRun.settings()
    settings.patience = 2
    let error = #expect(throws: EngineError.self) {
      try Trainer(TinyModel.classifier(), train: clips, settings)
    }
    #expect(error?.message.contains("'valid'") == true)
  }
}
