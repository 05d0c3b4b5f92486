import ASTKit

/// Training step by step, and measuring the result.
enum TrainingCommands {
  static let all: [Command] = [trainer, step, train, evaluate]

  private static let trainer = Command(
    "trainer", "Sets up a training run: AdamW, learning-rate schedule, shuffled batches.",
    example: "fit = trainer net, parts.train, valid: parts.valid, epochs: 8, batch: 32, lr: 5e-3",
    Argument<ModelObject>("net", "the model"),
    Argument<DatasetObject>("clips", "what to train on"),
    Argument<DatasetObject?>(
      "valid", "what to choose the best weights on", named: true),
    Argument<Int>(
      "epochs", "passes over the clips", default: 10, bounds: .between(1...100_000), named: true),
    Argument<Int>(
      "batch", "clips a step", default: 32, bounds: .between(1...65_536), named: true),
    Argument<Double>(
      "lr", "peak learning rate", default: 5e-3, bounds: .above(0, atMost: 10), named: true),
    Argument<String>(
      "schedule", "how the rate falls over the steps", default: "cosine",
      allowed: Schedule.allCases.map(\.rawValue), named: true),
    Argument<Int>(
      "warmup", "steps over which the rate rises first", default: 0, bounds: .atLeast(0),
      named: true),
    Argument<Double>(
      "weight_decay", "decoupled weight decay", default: 0.1, bounds: .between(0..<1),
      named: true),
    Argument<String>(
      "decay", "what decays: all trained parameters, or weights without biases and norms",
      default: "all", allowed: ["all", "weights"], named: true),
    Argument<Bool>(
      "augment", "masks random bands in time and frequency (SpecAugment)", default: false,
      named: true),
    Argument<String>(
      "keep", "weights a finished run leaves: the best on valid, or the last", default: "best",
      allowed: TrainingSettings.Keep.allCases.map(\.rawValue), named: true),
    Argument<Int?>(
      "seed", "fixes shuffling, augmentation and dropout; default: the session's", named: true)
  ) {
    session, net, clips, valid, epochs, batch, lr, schedule, warmup, weightDecay, decay, augment,
    keep, seed in
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (epochs, batch, lr)
    settings.schedule = Schedule(rawValue: schedule) ?? .cosine
    settings.warmup = warmup
    settings.optimiser.weightDecay = weightDecay
    settings.optimiser.decaysAll = decay == "all"
    settings.augmentation = augment ? try SpecAugment() : nil
    settings.keep = TrainingSettings.Keep(rawValue: keep) ?? .best
    settings.seed = seed ?? Int(truncatingIfNeeded: session.seed)
    let trainer = try Trainer(net.model, train: clips.view, valid: valid?.view, settings)
    try session.noticeDifferences(clips.view, from: net.model, until: " until now")
    if let valid {
      try session.noticeDifferences(validation: valid.view, from: clips.view, net.model)
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
    if trainer.isFinished {
      session.notice("this run is at its end (\(trainer.totalSteps) steps); make a new trainer")
      return .nil
    }
    defer { session.progress(nil) }
    let report = TrainingReport(session)
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

  private static let evaluate = Command(
    "evaluate", "Measures a model on clips: accuracy, loss, F1, confusion matrix.",
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
    return .object(EvaluationObject(result))
  }
}

/// The live line of a run, and a table row after each epoch.
private final class TrainingReport {
  private let session: Session
  private var hasHeader = false
  private let started = SteadyClock.now

  init(_ session: Session) { self.session = session }

  func show(_ progress: TrainingProgress) {
    if let validation = progress.validation {
      session.progress(nil)
      let width = max(5, 2 * "\(progress.epochs)".count + 1)
      if !hasHeader {
        let first = String(repeating: " ", count: width - 5) + "epoch"
        session.write(first + "   loss    acc   valid loss  valid acc   clips/s\n")
        hasHeader = true
      }
      session.write(
        pad("\(progress.epoch)/\(progress.epochs)", width, apart: 0) + pad(loss(progress.loss), 7)
          + pad(number(progress.accuracy, 3), 7) + pad(loss(validation.loss), 13)
          + pad(number(validation.accuracy, 3), 11)
          + pad(number(progress.clipsPerSecond, 1), 10) + "\n")
      return
    }
    let left = DurationText.rounded(progress.secondsLeft)
    session.progress(
      "epoch \(progress.epoch)/\(progress.epochs)  step \(progress.step)/\(progress.totalSteps)  "
        + "loss \(number(progress.loss, 4))  acc \(number(progress.accuracy, 3))  "
        + "\(number(progress.clipsPerSecond, 1)) clips/s  \(left) left")
  }

  func conclude(_ trainer: Trainer) {
    let means = trainer.epochMeans
    let time = DurationText.rounded(SteadyClock.now - started)
    var text =
      "step \(trainer.step)/\(trainer.totalSteps)  loss \(number(means.loss, 4))"
      + "  acc \(number(means.accuracy, 3))  \(time)"
    if trainer.isFinished, let best = trainer.history.bestEpoch {
      text += "  (weights of epoch \(best), the best on valid)"
    }
    session.write(text + "\n")
  }

  /// With fewer digits where it is large, so that columns stay apart.
  private func loss(_ value: Double) -> String {
    if value < 100 { return number(value, 3) }
    return value < 10_000 ? number(value, 0) : value.text(significant: 2)
  }

  private func number(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "–" }
    let text = "\(value.rounded(digits: digits))"
    let fraction = text.split(separator: ".").dropFirst().first?.count ?? 0
    let point = text.contains(".") ? "" : "."
    return text + point + String(repeating: "0", count: max(0, digits - fraction))
  }

  private func pad(_ text: String, _ width: Int, apart: Int = 1) -> String {
    String(repeating: " ", count: max(apart, width - text.count)) + text
  }
}
