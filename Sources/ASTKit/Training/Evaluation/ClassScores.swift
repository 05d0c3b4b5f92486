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
    let table = confusion
    return classes.indices.map { i in
      let right = Double(table[i][i])
      let actual = table[i].reduce(0, +)
      let predicted = table.reduce(0) { $0 + $1[i] }
      return ClassScore(
        name: classes[i], count: actual,
        precision: predicted == 0 ? 0 : right / Double(predicted),
        recall: actual == 0 ? 0 : right / Double(actual))
    }
  }

  /// Mean F1 of the classes that occur.
  public var macroF1: Double { macroMean(\.f1) }

  /// Mean precision of the classes that occur; one that is never predicted counts as 0.
  public var macroPrecision: Double { macroMean(\.precision) }

  /// Mean recall of the classes that occur, also known as balanced accuracy.
  public var macroRecall: Double { macroMean(\.recall) }

  /// F1 of all decisions together, `2·TP / (2·TP + FP + FN)` summed over the classes.
  ///
  /// A clip has one class and gets one, so a wrong clip is one false positive and one false
  /// negative: the sum is the accuracy, as micro precision and micro recall are.
  public var microF1: Double { accuracy }

  private func macroMean(_ value: (ClassScore) -> Double) -> Double {
    let scores = classScores.filter { $0.count > 0 }
    return scores.isEmpty ? 0 : scores.reduce(0) { $0 + value($1) } / Double(scores.count)
  }
}
