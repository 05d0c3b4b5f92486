extension Evaluation {
  /// Precision, recall and their harmonic mean for one class.
  public struct ClassScore: Sendable {
    /// The class.
    public let name: String
    /// Clips of the class.
    public let count: Int
    /// Right among those predicted to be of the class, and right among those that are.
    public let precision: Double, recall: Double
    /// `2·precision·recall / (precision + recall)`
    public var f1: Double {
      precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
  }

  /// Scores of each class; 0 where there is nothing to divide by.
  public var classScores: [ClassScore] {
    zip(classes, decisions).map { name, own in
      ClassScore(
        name: name, count: own.truePositives + own.falseNegatives, precision: own.precision,
        recall: own.recall)
    }
  }

  /// What was said of each class, `[classes]`.
  private var decisions: [Decisions] {
    var decisions = [Decisions](repeating: Decisions(), count: classes.count)
    for (labels, predictions) in zip(labelSets, predictionSets) {
      for index in Set(labels).union(predictions) {
        decisions[index].add(
          isPredicted: predictions.contains(index), isTrue: labels.contains(index))
      }
    }
    return decisions
  }

  /// Mean F1 of the classes that occur.
  public var macroF1: Double { macroMean(\.f1) }

  /// Mean precision of the classes that occur; one that is never predicted counts as 0.
  public var macroPrecision: Double { macroMean(\.precision) }

  /// Mean recall of the classes that occur, also known as balanced accuracy.
  public var macroRecall: Double { macroMean(\.recall) }

  /// F1 of all decisions together, `2·TP / (2·TP + FP + FN)` summed over the classes.
  ///
  /// Where a clip has one class and gets one, a wrong clip is one false positive and one false
  /// negative: it is the accuracy then, as micro precision and micro recall are.
  public var microF1: Double {
    var all = Decisions()
    for own in decisions {
      all.truePositives += own.truePositives
      all.falsePositives += own.falsePositives
      all.falseNegatives += own.falseNegatives
    }
    return all.f1
  }

  private func macroMean(_ value: (ClassScore) -> Double) -> Double {
    let scores = classScores.filter { $0.count > 0 }
    return scores.isEmpty ? 0 : scores.reduce(0) { $0 + value($1) } / Double(scores.count)
  }
}
