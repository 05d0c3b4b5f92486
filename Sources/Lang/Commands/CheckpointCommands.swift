import ASTKit

/// Leaving a run and taking it up again, in this process or another.
enum CheckpointCommands {
  static let all: [Command] = [checkpoint, resume]

  private static let checkpoint = Command(
    "checkpoint", "Keeps a run to the byte, with its model: what resume goes on from.",
    example: "checkpoint fit, \"letters.checkpoint\"",
    Argument<TrainerObject>("fit", "the run"),
    Argument<FilePath>("file", "NAME.checkpoint")
  ) { session, fit, file in
    let interrupt = session.interrupt
    defer { session.progress(nil) }
    try Checkpoint.save(fit.trainer, to: file.path) { done, total in
      try interrupt.check()
      session.progress("checkpoint  \(ProgressBar.text(done, of: total))")
    }
    fit.trainer.model.noteSaved(.whole)
    return .nil
  }

  private static let resume = Command(
    "resume", "Gives a run back from a checkpoint and loads its data, which must be the same.",
    example: "fit = resume \"letters.checkpoint\"",
    Argument<FilePath>("file", "what checkpoint wrote, or petl when it ended unsaved"),
    Argument<FilePath?>("path", "the folder of the data, if it has moved", named: true),
    Argument<DatasetObject?>(
      "train", "the same clips to train on, in place of loading them", named: true),
    Argument<DatasetObject?>("valid", "the same clips to validate on", named: true)
  ) { session, file, path, train, valid in
    var options = Checkpoint.Options()
    options.path = path?.path
    options.train = train?.view
    options.valid = valid?.view
    options.cache = session.featureCache
    defer { session.progress(nil) }
    let trainer = try Checkpoint.resume(file.path, options, interrupt: session.interrupt) { state in
      switch state {
      case .file(let done, let total):
        session.progress("checkpoint  \(ProgressBar.text(done, of: total))")
      case .clips(let done, let total):
        session.progress("features  \(done)/\(total) files  \(ProgressBar.text(done, of: total))")
      }
    }
    session.progress(nil)
    let fit = TrainerObject(trainer)
    session.notice(trainer.isFinished ? fit.summary : "\(fit.summary); train goes on from here")
    return .object(fit)
  }
}
