/// What the clips of a part are to be taken for.
package enum TrainingTargets {
  /// The head's index of each clip's only class [batch].
  case classes([Int])
  /// The share of each class in each clip, which add up to 1, `[batch, classes]`.
  case mixed(Tensor)
  /// Which classes each clip has, each by itself, 1 or 0, `[batch, classes]`.
  case several(Tensor)

  /// Clips.
  var count: Int {
    switch self {
    case .classes(let labels): labels.count
    case .mixed(let matrix), .several(let matrix): matrix.shape[0]
    }
  }

  /// Which classes clips have as numbers, 1 or 0, `[clips, classes]`.
  ///
  /// - Parameter sets: the indices of each clip's classes.
  /// - Throws: `EngineError.memory`
  static func matrix(_ sets: [[Int]], classes: Int) throws -> Tensor {
    let matrix = try Tensor([sets.count, classes])
    for (row, set) in sets.enumerated() {
      for index in set { matrix.pointer[row * classes + index] = 1 }
    }
    return matrix
  }
}

/// What a step lowers: cross-entropy for clips of one class, binary cross-entropy for others.
package struct TrainingLoss {
  /// ε of label smoothing: a target y becomes `(1 − ε)·y + ε / classes`, and where a clip may have
  /// several classes, each of which is a choice of two, `(1 − ε)·y + ε / 2`.
  package var smoothing = 0.0
  /// What clips of each class count; where a clip may have several, what its positives do,
  /// `[classes]` of the head.
  package var weights: [Float]?

  package init() {}

  /// - Returns: the mean over the clips, and what they weigh together: their number, or the sum of
  ///   the weights of their classes.
  /// - Throws: `EngineError`
  func callAsFunction(
    _ logits: Tensor, _ targets: TrainingTargets, _ tape: Tape
  ) throws -> (value: Tensor, weight: Double) {
    switch targets {
    case .classes(let labels) where smoothing == 0 && weights == nil:
      return (try tape.crossEntropy(logits, labels: labels), Double(labels.count))
    case .classes(let labels):
      let matrix = try TrainingTargets.matrix(labels.map { [$0] }, classes: logits.columns)
      return try self(logits, .mixed(matrix), tape)
    case .mixed(let matrix):
      let value = try tape.crossEntropy(
        logits, targets: matrix, weights: weights, smoothing: smoothing)
      guard let weights else { return (value, Double(targets.count)) }
      let weight = matrix.elements.enumerated().reduce(0.0) {
        $0 + Double($1.element) * Double(weights[$1.offset % weights.count])
      }
      return (value, weight)
    case .several(let matrix):
      var smooth = matrix
      if smoothing > 0 {
        smooth = try matrix.copy()
        for i in 0..<smooth.count {
          smooth.pointer[i] = Float((1 - smoothing) * Double(matrix.pointer[i]) + smoothing / 2)
        }
      }
      let value = try tape.binaryCrossEntropy(logits, targets: smooth, positiveWeights: weights)
      return (value, Double(targets.count))
    }
  }
}
