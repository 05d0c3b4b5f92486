import Foundation

extension Tape {
  /// Binary cross-entropy of the sigmoid of logits, the mean over clips and classes.
  ///
  /// As PyTorch's `BCEWithLogitsLoss`, in a form that no logit is too large for:
  /// `v · ((1 − z)·x + (1 + (p − 1)·z)·(log(1 + e^−|x|) + max(−x, 0)))` for a logit x with the
  /// target z, which without weights is `max(x, 0) − x·z + log(1 + e^−|x|)`.
  ///
  /// - Parameters:
  ///   - logits: `[batch, classes]`
  ///   - targets: `[batch, classes]`, each from 0 to 1.
  ///   - positiveWeights: p, what a positive of each class counts, `[classes]`; default 1.
  ///   - clipWeights: v, what each clip counts, `[batch]`; default 1. The mean stays one over all
  ///     clips, as in PyTorch.
  /// - Returns: a single number, shape `[]`.
  /// - Throws: `EngineError.shape`, or `EngineError.setting` for a target outside 0...1.
  public func binaryCrossEntropy(
    _ logits: Tensor, targets: Tensor, positiveWeights: [Float]? = nil,
    clipWeights: [Float]? = nil
  ) throws -> Tensor {
    try targets.requireTargets(of: logits, "binary cross-entropy")
    let (batch, classes) = (logits.shape[0], logits.shape[1])
    guard positiveWeights?.count ?? classes == classes, clipWeights?.count ?? batch == batch else {
      throw EngineError.shape(
        operation: "binary cross-entropy", expected: "a weight for each class, or for each clip",
        found: [clipWeights?.count ?? batch, positiveWeights?.count ?? classes])
    }
    let slopes = try Tensor(uninitialized: logits.shape)
    var total = 0.0
    for clip in 0..<batch {
      let weight = Double(clipWeights?[clip] ?? 1)
      for i in 0..<classes {
        let index = clip * classes + i
        let x = Double(logits.pointer[index]), z = Double(targets.pointer[index])
        let positive = 1 + (Double(positiveWeights?[i] ?? 1) - 1) * z
        let tail = exp(-abs(x))
        total += weight * ((1 - z) * x + positive * (log1p(tail) + max(-x, 0)))
        // σ(−x), without a difference of numbers that are almost alike.
        let falling = x >= 0 ? tail / (1 + tail) : 1 / (1 + tail)
        slopes.pointer[index] = Float(weight * ((1 - z) - positive * falling))
      }
    }
    let loss = try Tensor([], filledWith: Float(total / Double(batch * classes)))
    if needs(logits), let slot = logits.gradientSlot {
      record(
        LossSlopes(slopes: slopes, divisor: Double(batch * classes), input: slot), output: loss)
    }
    return loss
  }
}

/// Backward of a loss that is a sum over logits, divided by a number: keeps the slope of each term.
struct LossSlopes: Op {
  /// `[batch, classes]`
  let slopes: Tensor
  let divisor: Double
  let input: GradientSlot

  func backward(_ gradient: Tensor) throws {
    let (dx, beta) = try input.destination(slopes.shape)
    let scale = Float(Double(gradient.pointer[0]) / divisor)
    for i in 0..<slopes.count {
      let slope = scale * slopes.pointer[i]
      dx.pointer[i] = beta == 0 ? slope : dx.pointer[i] + slope
    }
  }
}

extension Tensor {
  /// - Throws: `EngineError.shape` unless these are targets of a batch of logits, `.setting` for
  ///   one outside 0...1.
  func requireTargets(of logits: Tensor, _ operation: String) throws {
    guard logits.shape.count == 2, logits.count > 0, shape == logits.shape else {
      throw EngineError.shape(
        operation: operation, expected: "targets [batch, classes] like the logits \(logits.shape)",
        found: shape)
    }
    if let bad = elements.first(where: { !(0...1).contains($0) }) {
      throw EngineError.setting(name: "target", expected: "from 0 to 1", found: "\(bad)")
    }
  }
}
