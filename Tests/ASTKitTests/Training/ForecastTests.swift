import TestSupport
import Testing

@testable import ASTKit

/// What is said about the rest of a run is about all of it, and asking changes nothing.
struct ForecastTests {
  private func run(steps: Int = 0) throws -> (Trainer, CheckpointRun) {
    let run = try CheckpointRun()
    return (try run.full(steps: steps), run)
  }

  @Test("Everything is as before, to the byte", arguments: [0, 3, 4])
  func changesNothing(steps: Int) throws {
    let (trainer, run) = try run(steps: steps)
    trainer.model.noteSaved(.whole)
    let before = try run.bytes(trainer)
    let forecast = try trainer.forecast()
    #expect(try run.bytes(trainer) == before)
    #expect(!trainer.model.hasUnsavedTraining)
    #expect(trainer.model.trainableParameters.allSatisfy { $0.gradient == nil })
    #expect(forecast.steps == 9 - steps && forecast.validations == 3 - steps / 3)
    let flag = InterruptFlag()
    flag.raise()
    #expect(throws: EngineError.interrupted) { try trainer.forecast(interrupt: flag) }
    #expect(try run.bytes(trainer) == before)

    let never = try run.full(steps: steps)
    try never.advance()
    try trainer.advance()
    #expect(try run.bytes(trainer) == run.bytes(never))
  }

  @Test func isTheSumOfItsParts() throws {
    let (trainer, _) = try run()
    let forecast = try trainer.forecast()
    // 9 steps, all with three clips.
    let sum =
      9 * forecast.stepSeconds + 3 * forecast.validationSeconds + forecast.prefixSeconds
    #expect(abs(forecast.seconds - sum) < 1e-9 && forecast.seconds > 0)
    #expect(forecast.memory > 1_000_000)
  }

  @Test func aLossThatIsNoNumberIsSaid() throws {
    let (trainer, run) = try run(steps: 1)
    try trainer.model.head.parameters[0].replaceValue(
      Tensor(trainer.model.head.parameters[0].shape, filledWith: .nan))
    let before = try run.bytes(trainer)
    #expect(throws: EngineError.notFinite(what: "the loss", step: 2)) { try trainer.forecast() }
    #expect(try run.bytes(trainer) == before)
  }

  /// From every step of a run, against counting one by one.
  @Test(arguments: [(4, 1), (2, 3), (13, 1), (5, 2)])
  func workIsCountedToTheClip(batch: Int, accumulate: Int) throws {
    let clips = try TinyData.load()
    var settings = TinyRun.settings(epochs: 3, batch: batch)
    settings.accumulate = accumulate
    let trainer = try Trainer(TinyModel.classifier(), train: clips, valid: clips, settings)
    let sizes = (0..<3).flatMap { epoch in trainer.batches.epoch(epoch).map(\.count) }
    for step in 0...trainer.totalSteps {
      trainer.step = step
      for end in step...trainer.totalSteps {
        let work = trainer.work(until: end)
        #expect(work.clips == sizes[step..<end].reduce(0, +))
        #expect(work.steps == end - step)
        #expect(
          work.validations
            == (step..<end).count { ($0 + 1) % trainer.stepsPerEpoch == 0 })
      }
    }
  }

  @Test func costsAreThoseOfTheirKind() throws {
    var pace = Pace()
    #expect(pace.clipsPerSecond.isNaN && pace.secondsPerClip.isNaN)
    pace.note(clips: 8, seconds: 4, ofThemInPrefix: 3, epoch: 0)
    #expect(pace.clipsPerSecond == 2 && pace.secondsPerClip == 0.125)
    pace.note(clips: 6, seconds: 0.25, ofThemInPrefix: 0, epoch: 1)
    pace.note(clips: 2, seconds: 0.75, ofThemInPrefix: 0, epoch: 1)
    #expect(pace.clipsPerSecond == 8 && pace.secondsPerClip == 0.125)
    let cost = RunCost(clip: 0.5, prefix: 2, update: 0.25, validation: 10)
    #expect(cost.seconds(RunWork(clips: 4, prefixes: 3, steps: 8, validations: 2)) == 30)
    // Before anything is known, nothing is left of nothing.
    let unknown = RunCost(clip: .nan, prefix: .nan, validation: .nan)
    #expect(unknown.seconds(RunWork(clips: 0, steps: 0, validations: 0)) == 0)
  }

  @Test func theTimeLeftHasTheValidationsToCome() throws {
    // Nothing of it is frozen before what is trained, so no epoch is cheaper than the first.
    let run = try CheckpointRun(), net = try TinyModel.classifier()
    try net.attach("lora", ["rank": .number(2)])
    let trainer = try run.trainer(net, validates: true)
    var rows: [TrainingProgress] = []
    try trainer.advance {
      rows.append($0)
      // As if it had taken so long.
      if $0.validation != nil { trainer.validationSeconds = 1e6 }
    }
    let later = rows.filter { $0.step > 3 && $0.validation == nil }
    #expect(later.count == 6)
    for row in later {
      let due = 3 - row.step / 3 + (row.step % 3 == 0 ? 1 : 0)
      #expect(Int(row.secondsLeft / 1e6) == due, "after step \(row.step)")
    }
    #expect(rows.last?.secondsLeft == 0)
    #expect(rows.allSatisfy { ($0.memory ?? 0) > 1_000_000 })
    // Before the first one too, estimated.
    #expect(rows[0].secondsLeft > 8 * 3 / rows[0].clipsPerSecond)
  }
}
