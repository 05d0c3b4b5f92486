import ASTKit

/// From which probability on a clip is said to have a class.
enum ThresholdCommands {
  static let all: [Command] = [thresholds]

  private static let thresholds = Command(
    "thresholds",
    "Chooses for each class the probability with the highest F1 on clips, and keeps it in the model.",
    example: "thresholds net, parts.valid",
    Argument<ModelObject>("net", "the model"),
    Argument<DatasetObject?>(
      "clips", "what to choose them on, clips that may have several classes; none: those in force"),
    Argument<Int>(
      "batch", "clips at a time", default: 32, bounds: .between(1...65_536), named: true)
  ) { session, net, clips, batch in
    guard let clips else {
      return net.model.thresholds.map { .thresholds($0, of: net.model.classes) } ?? .nil
    }
    defer { session.progress(nil) }
    let result = try net.model.chooseThresholds(
      on: clips.view, batch: batch, interrupt: session.interrupt
    ) { done, total in
      session.progress("thresholds  \(done)/\(total) clips  \(ProgressBar.text(done, of: total))")
    }
    return result.thresholds.map { .thresholds($0, of: result.classes) } ?? .nil
  }
}

extension Value {
  /// The threshold of each class by its name.
  static func thresholds(_ thresholds: [Double], of classes: [String]) -> Value {
    var record = Record()
    for (name, threshold) in zip(classes, thresholds) { record[name] = .number(threshold) }
    return .record(record)
  }
}
