import ASTKit

/// The table of what a model predicts: a row for each class that is told of a window.
public struct PredictionTable {
  /// Titles of the columns.
  public static let titles = ["file", "start", "end", "class", "score"]

  private let classes: [String]
  private let thresholds: [Double]?
  private let choice: PredictionChoice

  /// - Parameter model: gives the names of the classes, and the thresholds where clips may have
  ///   several.
  public init(_ model: AudioClassifier, _ choice: PredictionChoice) {
    (classes, thresholds, self.choice) = (model.classes, model.thresholds, choice)
  }

  /// The rows of one window.
  func records(_ prediction: Prediction) -> [Record] {
    told(prediction).map { index in
      [
        "file": .string(prediction.file), "start": .number(prediction.span.start),
        "end": .number(prediction.span.end), "class": .string(classes[index]),
        "score": .number(prediction.probabilities[index]),
      ]
    }
  }

  /// The same as lines of comma-separated values.
  public func lines(_ prediction: Prediction) throws -> String {
    try CSVText.lines(records(prediction))
  }

  private func told(_ prediction: Prediction) -> [Int] {
    choice.classes(of: prediction.probabilities, thresholds: thresholds)
  }
}
