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
    let sum = 9 * forecast.stepSeconds + 3 * forecast.validationSeconds
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
        let first = sizes[step..<end].enumerated().reduce(0) {
          $0 + (step + $1.offset < trainer.stepsPerEpoch ? $1.element : 0)
        }
        #expect(work.firstClips == first)
        #expect(work.firstClips + work.laterClips == sizes[step..<end].reduce(0, +))
        #expect(work.steps == end - step)
        #expect(
          work.validations
            == (step..<end).count { ($0 + 1) % trainer.stepsPerEpoch == 0 })
      }
    }
  }

  @Test func costsAreThoseOfEachEpoch() throws {
    var pace = Pace()
    #expect(pace.clipsPerSecond.isNaN)
    pace.note(clips: 8, seconds: 4, inFirstEpoch: true)
    #expect(pace.clipsPerSecond == 2)
    #expect(
      pace.cost { 100 * $0 } == RunCost(firstClip: 0.5, laterClip: 0.5, validation: 50))
    pace.note(clips: 6, seconds: 0.25, inFirstEpoch: false)
    pace.note(clips: 2, seconds: 0.25, inFirstEpoch: false)
    #expect(pace.clipsPerSecond == 16)
    let cost = pace.cost { 160 * $0 }
    #expect(cost == RunCost(firstClip: 0.5, laterClip: 0.0625, validation: 10))
    let work = RunWork(firstClips: 4, laterClips: 32, steps: 9, validations: 3)
    #expect(cost.seconds(work) == 2 + 2 + 30)
    // Before anything is known, nothing is left of nothing.
    let nothing = RunWork(firstClips: 0, laterClips: 0, steps: 0, validations: 0)
    #expect(Pace().cost { $0 }.seconds(nothing) == 0)
  }

  @Test func theTimeLeftHasTheValidationsToCome() throws {
    let (trainer, _) = try run()
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
