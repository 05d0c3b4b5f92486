import ASTKit

/// Training step by step, and measuring the result.
enum TrainingCommands {
  static let all: [Command] = [trainer, step, train, forecast, evaluate]

  private static let trainer = Command(
    "trainer", "Sets up a training run: AdamW, learning-rate schedule, shuffled batches.",
    example: "fit = trainer net, parts.train, valid: parts.valid, epochs: 8, batch: 32, lr: 5e-3",
    Argument<ModelObject>("net", "the model"),
    Argument<DatasetObject>("clips", "what to train on"),
    Argument<DatasetObject?>(
      "valid", "what to choose the best weights on", named: true),
    Argument<AugmentArgument>(
      "augment", "what is done to each training clip anew; true: specaugment(freq: 24, time: 80)",
      default: AugmentArgument(), named: true),
    Argument<WeightsArgument?>(
      "weights", "what classes count in the loss; several a clip: their positives", named: true),
    described: TrainingSettings.settings.map {
      ArgumentDescription($0, default: $0.name == "seed" ? "the session's" : nil)
    }
  ) { session, given, net, clips, valid, augment, weights in
    var settings = TrainingSettings()
    settings.seed = Int(truncatingIfNeeded: session.seed)
    (settings.augmentation, settings.soundChanges) = (augment.masks, augment.changes)
    settings.weights = weights?.weights ?? .equal
    try settings.set(given.values(of: TrainingSettings.settings))
    let trainer = try Trainer(net.model, train: clips.view, valid: valid?.view, settings)
    try session.noticeDifferences(clips.view, from: net.model, until: " until now")
    if let valid {
      try session.noticeDifferences(validation: valid.view, from: clips.view, net.model)
    }
    if settings.changesClips, case .off = trainer.prefixUse {
      session.notice("kept between epochs: \(trainer.prefixUse)")
    }
    return .object(TrainerObject(trainer))
  }

  private static let step = Command(
    "step", "Takes optimiser steps, then returns to the prompt.", example: "step fit, 20",
    Argument<TrainerObject>("fit", "the run to advance"),
    Argument<Int>(
      "count", "optimiser steps", default: 1, bounds: .between(1...1_000_000_000)),
    Argument<Bool>("quiet", "shows nothing but errors", default: false, named: true)
  ) { session, fit, count, quiet in
    try advance(fit, by: count, quiet: quiet, session)
  }

  private static let train = Command(
    "train", "Trains to the end of the run; Ctrl-C pauses after the current step.",
    example: "train fit",
    Argument<TrainerObject>("fit", "the run to finish"),
    Argument<Int?>(
      "epochs", "stops after this many epochs, a begun one counted", bounds: .between(1...100_000),
      named: true),
    Argument<Bool>("quiet", "shows nothing but errors", default: false, named: true)
  ) { session, fit, epochs, quiet in
    let trainer = fit.trainer
    let count = epochs.map {
      (trainer.epoch + $0) * trainer.stepsPerEpoch - trainer.step
    }
    return try advance(fit, by: count, quiet: quiet, session)
  }

  private static func advance(
    _ fit: TrainerObject, by count: Int?, quiet: Bool, _ session: Session
  ) throws -> Value {
    let trainer = fit.trainer
    if noticeEnd(of: trainer, session) { return .nil }
    defer { session.progress(nil) }
    let report = TrainingReport(session, trainer)
    session.trained.add(trainer)
    let paused = try trainer.advance(by: count, interrupt: session.interrupt) { progress in
      if !quiet { report.show(progress) }
    }
    session.progress(nil)
    if paused {
      let place = "step \(trainer.step) of \(trainer.totalSteps)"
      if session.isInteractive, !session.interrupt.isEnding {
        session.notice("paused after \(place); train goes on from here")
      } else {
        session.notice("stopped after \(place)")
      }
      session.interruptIsExplained = true
      throw EngineError.interrupted
    }
    if !quiet { report.conclude(trainer) }
    return .nil
  }

  /// Says so if nothing of a run is left to do.
  private static func noticeEnd(of trainer: Trainer, _ session: Session) -> Bool {
    guard trainer.isFinished else { return false }
    session.notice("this run is at its end (\(trainer.step) steps); make a new trainer")
    return true
  }

  private static let forecast = Command(
    "forecast", "Times a few steps that change nothing: how long a run will take, in what memory.",
    example: "forecast fit",
    Argument<TrainerObject>("fit", "the run")
  ) { session, fit in
    if noticeEnd(of: fit.trainer, session) { return .nil }
    defer { session.progress(nil) }
    session.progress("forecast  timing a few steps")
    let forecast = try fit.trainer.forecast(interrupt: session.interrupt)
    return .object(ForecastObject(forecast, of: fit.trainer))
  }

  private static let evaluate = Command(
    "evaluate",
    "Measures a model on clips: accuracy, loss, F1, average precision, the worst clips.",
    example: "result = evaluate net, parts.test",
    Argument<ModelObject>("net", "the model"), Argument<DatasetObject>("clips", "the clips"),
    Argument<Int>(
      "batch", "clips at a time", default: 32, bounds: .between(1...65_536), named: true)
  ) { session, net, clips, batch in
    defer { session.progress(nil) }
    try session.noticeDifferences(clips.view, from: net.model)
    let result = try net.model.evaluate(clips.view, batch: batch, interrupt: session.interrupt) {
      done, total in
      session.progress("evaluate  \(done)/\(total) clips  \(ProgressBar.text(done, of: total))")
    }
    if result.notFinite > 0 {
      throw CommandError(
        "\(result.notFinite) of \(result.count) clips give no finite logits: the model's weights "
          + "hold a NaN or are too large", argument: "net")
    }
    return .object(try EvaluationObject(result, interrupt: session.interrupt))
  }
}
