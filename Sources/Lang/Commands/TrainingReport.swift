import ASTKit

/// The live line of a run, and a table row after each epoch.
final class TrainingReport {
  private let session: Session
  private var hasHeader = false
  private let started = SteadyClock.now

  /// What the run measures of its own clips and of those to validate on.
  private let names: (train: String, valid: String)

  init(_ session: Session, _ trainer: Trainer) {
    self.session = session
    names = trainer.train.hasSeveralLabels ? ("F1", "mAP") : ("acc", "acc")
  }

  func show(_ progress: TrainingProgress) {
    if let validation = progress.validation {
      session.progress(nil)
      let width = max(5, 2 * "\(progress.epochs)".count + 1)
      if !hasHeader {
        let first = String(repeating: " ", count: width - 5) + "epoch"
        session.write(
          first + "   loss" + pad(names.train, 7) + "   valid loss"
            + pad("valid \(names.valid)", 11) + "   clips/s\n")
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
        + "loss \(number(progress.loss, 4))  \(names.train) \(number(progress.accuracy, 3))  \(left) left  "
        // The first to be cut off where a window is narrow.
        + "\(number(progress.clipsPerSecond, 1)) clips/s"
        + (progress.memory.map { "  \(SizeText.rounded($0))" } ?? ""))
  }

  func conclude(_ trainer: Trainer) {
    let means = trainer.epochMeans
    let time = DurationText.rounded(SteadyClock.now - started)
    var text =
      "step \(trainer.step)/\(trainer.totalSteps)  loss \(number(means.loss, 4))"
      + "  \(names.train) \(number(means.accuracy, 3))  \(time)"
    var ends: [String] = []
    if let reason = trainer.reasonOfEarlyStop { ends.append(reason) }
    if trainer.isFinished, let best = trainer.history.bestEpoch {
      ends.append("weights of epoch \(best), the best on valid")
    }
    if trainer.hasChosenThresholds {
      ends.append("thresholds of \(trainer.model.classes.count) classes chosen on valid")
    }
    if !ends.isEmpty { text += "  (\(ends.joined(separator: "; ")))" }
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
