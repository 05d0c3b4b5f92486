import Foundation

extension Tape {
  /// Cross-entropy of softmax for clips that belong to several classes in part.
  ///
  /// `Σ w_c · t_c · (−log softmax(logits)_c)` over clips and classes c, divided by
  /// `Σ w_c · y_c`, with targets y, `t = (1 − ε)·y + ε / classes` (label smoothing, Szegedy et
  /// al., 2016) and class weights w. For targets that are one class each this is PyTorch's
  /// `CrossEntropyLoss(weight:, label_smoothing:)` of class indices, which divides by the weights of
  /// the clips' classes too; without weights it is the one of class probabilities as well, the mean
  /// over the clips.
  ///
  /// - Parameters:
  ///   - logits: `[batch, classes]`
  ///   - targets: y, the share of each class in each clip, `[batch, classes]`; those of a clip add
  ///     up to 1.
  ///   - weights: w, what each class counts, `[classes]`; default 1.
  ///   - smoothing: ε.
  /// - Returns: a single number, shape `[]`.
  /// - Throws: `EngineError.shape`, `EngineError.setting`.
  public func crossEntropy(
    _ logits: Tensor, targets: Tensor, weights: [Float]? = nil, smoothing: Double = 0
  ) throws -> Tensor {
    try targets.requireTargets(of: logits, "cross-entropy")
    let (batch, classes) = (logits.shape[0], logits.shape[1])
    let weights = (weights ?? [Float](repeating: 1, count: classes)).map(Double.init)
    guard weights.count == classes else {
      throw EngineError.shape(
        operation: "cross-entropy", expected: "\(classes) class weights", found: [weights.count])
    }
    let slopes = try Tensor(uninitialized: logits.shape)
    var total = 0.0, divisor = 0.0
    for clip in 0..<batch {
      let row = logits.pointer + clip * classes, y = targets.pointer + clip * classes
      var top = Double(row[0])
      for i in 0..<classes { top = max(top, Double(row[i])) }
      var sum = 0.0
      for i in 0..<classes { sum += exp(Double(row[i]) - top) }
      let normaliser = log(sum) + top
      var mass = 0.0
      for i in 0..<classes {
        let target = (1 - smoothing) * Double(y[i]) + smoothing / Double(classes)
        divisor += weights[i] * Double(y[i])
        mass += weights[i] * target
        total += weights[i] * target * (normaliser - Double(row[i]))
      }
      for i in 0..<classes {
        let target = (1 - smoothing) * Double(y[i]) + smoothing / Double(classes)
        slopes.pointer[clip * classes + i] = Float(
          mass * exp(Double(row[i]) - normaliser) - weights[i] * target)
      }
    }
    let loss = try Tensor([], filledWith: Float(total / divisor))
    if needs(logits), let slot = logits.gradientSlot {
      record(LossSlopes(slopes: slopes, divisor: divisor, input: slot), output: loss)
    }
    return loss
  }
}
