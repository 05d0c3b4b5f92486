/// How often a model says of a clip that it has a class, and how often that is so.
package struct Decisions: Sendable, Equatable {
  /// Right, wrong and missing ones.
  package var truePositives = 0, falsePositives = 0, falseNegatives = 0

  package init() {}

  /// Takes one decision in.
  mutating func add(isPredicted: Bool, isTrue: Bool) {
    switch (isPredicted, isTrue) {
    case (true, true): truePositives += 1
    case (true, false): falsePositives += 1
    case (false, true): falseNegatives += 1
    case (false, false): break
    }
  }

  /// Takes those of some logits `[batch, classes]` in: of clips with one class, or with shares of
  /// several, the most likely one against the largest; else every class at a probability of 0.5.
  mutating func add(_ logits: Tensor, _ targets: TrainingTargets) {
    func compare(_ labels: [Int]) {
      for (prediction, label) in zip(AudioClassifier.predictions(logits), labels) {
        add(isPredicted: true, isTrue: prediction == label)
        if prediction != label { falseNegatives += 1 }
      }
    }
    switch targets {
    case .classes(let labels): compare(labels)
    case .mixed(let matrix): compare(AudioClassifier.predictions(matrix))
    case .several(let matrix):
      for i in 0..<matrix.count {
        add(isPredicted: logits.pointer[i] >= 0, isTrue: matrix.pointer[i] > 0.5)
      }
    }
  }

  /// Right among those predicted; 0 where there are none.
  var precision: Double { Self.ratio(truePositives, falsePositives) }

  /// Right among those that are; 0 where there are none.
  var recall: Double { Self.ratio(truePositives, falseNegatives) }

  /// `2·TP / (2·TP + FP + FN)`, which for clips of one class each is the accuracy; 0 where there is
  /// nothing to divide by.
  package var f1: Double { Self.ratio(2 * truePositives, falsePositives + falseNegatives) }

  private static func ratio(_ right: Int, _ wrong: Int) -> Double {
    right + wrong == 0 ? 0 : Double(right) / Double(right + wrong)
  }
}
